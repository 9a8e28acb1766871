import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareColumns, normaliseCell } from './columns.js';

const caseless = new Set(['adm_1']);
const read = (value: string, column = 'note') => normaliseCell(column, value, caseless);

describe('normaliseCell: the same', () => {
  it.each([
    ['369', '369.0'],
    ['39.020000', '39.02'],
    ['007', '7'],
    ['+5', '5'],
    ['-0.0', '0'],
    ['.5', '0.50'],
    ['5.', '5'],
    ['-12.50', '-12.5'],
    ['9007199254740993', '9007199254740993.00'],
    ['2014-12-05', '2014-12-05 00:00:00.000'],
    ['2014-12-05', '2014-12-05 0:00'],
    ['2014-12-05', '2014-12-05T00:00:00'],
    ['2023-05-16 3:30', '2023-05-16T03:30:00.000'],
    ['2023-05-16 03:30:00.120', '2023-05-16 03:30:00.12'],
    ['2022-03-15 16:46:43+00:00', '2022-03-15T16:46:43Z'],
    ['2022-03-15 18:46:43+02', '2022-03-15T16:46:43.0Z'],
    ['2022-03-15 18:46:43 +0200', '2022-03-15T16:46:43Z'],
    ['POINT (37.745000 48.145278)', 'Point(37.745 48.145278)'],
    ['POLYGON ((0 0, 1.0 0, 1 1, 0 0))', 'POLYGON((0 0,1 0,1 1.00,0 0))'],
    ['Donetsk town ', ' Donetsk  town'],
    ['', '  \t'],
  ])('%j and %j', (a, b) => {
    expect(read(a)).toBe(read(b));
  });

  it.each([
    ['Donetsk Oblast', 'DONETSK  oblast'],
    ['5 km North of Avdiivka', '5 km north of avdiivka'],
    ["'Azaz", "'azaz"],
  ])('in a column of place names, %j and %j', (a, b) => {
    expect(read(a, 'adm_1')).toBe(read(b, 'adm_1'));
    expect(read(a)).not.toBe(read(b));
  });
});

describe('normaliseCell: not the same', () => {
  it.each([
    ['9007199254740993', '9007199254740992'],
    ['0.1', '0.10000000000000001'],
    ['1e5', '100000'],
    ['1,000', '1000'],
    ['5', '-5'],
    ['2014-12-05', '2014-12-06'],
    ['2014-12-05 00:00', '2014-12-05 00:00:01'],
    ['2014-12-05', '2014-12-05T00:00:00Z'],
    ['2014-12-05', '05/12/2014'],
    ['POINT (37.745 48.145)', 'POINT (37.745 48.146)'],
    ['POINT (1 2)', 'POINT (12)'],
    ['Airfield', 'airfield'],
    ['Point Pedro (town)', 'POINT PEDRO (town)'],
    ['a b', 'ab'],
    ['', '0'],
    ['NaN', 'nan'],
  ])('%j and %j', (a, b) => {
    expect(read(a)).not.toBe(read(b));
  });

  it.each(['1e5', '1.5E-3', '1,000', '31/12/2014', '12:30', '-', '.', '+', '2014-12', '(unknown)'])(
    'leaves %j as it is',
    (text) => {
      expect(read(text)).toBe(text);
    },
  );
});

const digits = fc.stringMatching(/^[+-]?\d{0,20}(\.\d{0,10})?$/);
const cell = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  digits,
  fc.stringMatching(
    /^\d{4}-[01]\d-[0-3]\d( |T)?(\d?\d:\d\d(:\d\d(\.\d{1,4})?)?)?( ?(Z|[+-]\d\d(:?\d\d)?))?$/,
  ),
  fc
    .tuple(
      fc.constantFrom('POINT', 'point z', 'Polygon', 'GEOMETRYCOLLECTION'),
      fc.stringMatching(/^[ (),.0-9eE+-]*$/),
    )
    .map(([type, rest]) => `${type} (${rest})`),
);

describe('for any cell', () => {
  it('normalising is idempotent', () => {
    fc.assert(
      fc.property(cell, fc.constantFrom('note', 'adm_1'), (value, column) => {
        const once = read(value, column);
        expect(read(once, column)).toBe(once);
      }),
      { numRuns: 3_000 },
    );
  });

  it('numbers compare by value, exactly', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
        fc.nat(5),
        fc.nat(5),
        (n, zeros, decimals) => {
          const sign = n < 0n ? '-' : '';
          const spelt = `${sign}${'0'.repeat(zeros)}${String(n < 0n ? -n : n)}.${'0'.repeat(decimals)}`;
          expect(read(spelt)).toBe(String(n));
        },
      ),
    );
  });

  it('a row does not differ from itself', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), cell), (columns) => {
        expect(compareColumns(columns, columns, caseless)).toEqual({ changed: [], gained: [] });
      }),
    );
  });
});

describe('compareColumns', () => {
  it('tells changed from gained; a column that is gone is neither', () => {
    const before = { a: '1', b: 'x', gone: 'y', adm_1: 'Kyiv' };
    const after = { adm_1: 'KYIV', b: 'z', a: '1.0', relid: '', constructor: 'c' };
    expect(compareColumns(before, after, caseless)).toEqual({
      changed: ['b'],
      gained: ['relid', 'constructor'],
    });
  });
});
