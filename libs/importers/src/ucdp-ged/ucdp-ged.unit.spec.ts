import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { canonicalJson, sha256 } from '#libs/contracts';
import { compareColumns, normaliseCell } from '#libs/domain';
import { shorten } from '../format.js';
import { fixture, readAll, rejectsOf, rowsOf, rowWithId, withFile } from '../testing/files.js';
import { ucdpGed } from './index.js';

const HEADER =
  'id,type_of_violence,side_a,side_b,country,latitude,longitude,date_start,date_end,date_prec,where_prec,where_coordinates,deaths_a,deaths_b,deaths_civilians,deaths_unknown,low,best,high';
const GOOD: Record<string, string> = {
  id: '7',
  type_of_violence: '1',
  side_a: 'Government of Ukraine',
  side_b: 'DPR',
  country: 'Ukraine',
  latitude: '48.1',
  longitude: '37.7',
  date_start: '2017-01-30',
  date_end: '2017-01-31',
  date_prec: '2',
  where_prec: '1',
  where_coordinates: 'Avdiivka town',
  deaths_a: '0',
  deaths_b: '0',
  deaths_civilians: '0',
  deaths_unknown: '0',
  low: '1',
  best: '2',
  high: '3',
};

function line(changes: Record<string, string> = {}): string {
  const row = { ...GOOD, ...changes };
  return HEADER.split(',')
    .map((c) => row[c] ?? '')
    .join(',');
}

async function readRow(changes: Record<string, string>) {
  return withFile(`${HEADER}\n${line(changes)}\n`, (file) => readAll(ucdpGed, file));
}

describe('UCDP GED', () => {
  it('reads a row of a release', async () => {
    const items = await readAll(ucdpGed, fixture('ged-2018.csv'));
    expect(rowWithId(items, '239008').record).toEqual({
      kind: 'armed_violence',
      title: 'State-based violence: Government of Ukraine - DPR, Avdiivka town',
      occurred: { start: '2017-01-30', end: '2017-01-30', span: 'lasted', precision: 'day' },
      location: {
        point: { lat: 48.145278, lon: 37.745 },
        precision: 'locality',
        name: 'Avdiivka town',
        country: 'UA',
        regionName: 'Donetsk Oblast',
        districtName: 'Avdiivka City Municipality',
      },
      actors: [
        { name: 'Government of Ukraine', role: 'participant' },
        { name: 'DPR', role: 'participant' },
      ],
      claims: [
        {
          slot: 'casualties.killed.all',
          asserts: 'casualties',
          indicator: 'killed',
          population: 'all',
          source: { name: 'UCDP', type: 'dataset' },
          reportedAt: '2020-06-01',
          low: 5,
          best: 5,
          high: 5,
        },
      ],
    });
  });

  it('counts neither the header nor the HXL row, and counts lines', async () => {
    const rows = rowsOf(await readAll(ucdpGed, fixture('ged-2018.csv')));
    expect(rows.map((r) => [r.record, r.line]).slice(0, 2)).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('gives a row the same meaning in every layout', async () => {
    const in2018 = rowWithId(await readAll(ucdpGed, fixture('ged-2018.csv')), '154070');
    const in2019 = rowWithId(await readAll(ucdpGed, fixture('ged-2019.csv')), '154070');
    const in231 = rowWithId(await readAll(ucdpGed, fixture('ged-231.csv')), '154070');
    expect(in2019.record).toEqual(in2018.record);
    expect(in231.record.occurred).toEqual(in2018.record.occurred);
    expect(in231.record.claims).toEqual(in2018.record.claims);
    for (const later of [in2019, in231])
      expect(
        compareColumns(in2018.columns, later.columns, new Set(later.caseless)).changed,
      ).toEqual([]);
  });

  it('takes columns in any order', async () => {
    const names = HEADER.split(',').toReversed();
    const text = `${names.join(',')}\n${names.map((c) => GOOD[c]).join(',')}\n`;
    const [turned] = rowsOf(await withFile(text, (file) => readAll(ucdpGed, file)));
    const [straight] = rowsOf(await readRow({}));
    expect(turned?.row.record).toEqual(straight?.row.record);
    expect(turned?.row.hash).toBe(straight?.row.hash);
  });

  it('hashes the JCS form of the normalised columns', async () => {
    const [item] = rowsOf(await readAll(ucdpGed, fixture('ged-2018.csv')));
    const { columns, hash, caseless } = item?.row ?? { columns: {}, hash: '', caseless: [] };
    const normal = Object.entries(columns).map(([c, v]) => [
      c,
      normaliseCell(c, v, new Set(caseless)),
    ]);
    expect(hash).toBe(sha256(canonicalJson(Object.fromEntries(normal))));
  });

  it('keeps the columns as they are published', async () => {
    const items = await readAll(ucdpGed, fixture('ged-2018.csv'));
    const [header = [], , ...rows] = parse(readFileSync(fixture('ged-2018.csv').path));
    for (const cells of rows) {
      const { columns } = rowWithId(items, cells[0] ?? '');
      expect(columns).toEqual(Object.fromEntries(header.map((c, i) => [c, cells[i]])));
    }
  });

  it('takes -1 sources as no value', async () => {
    const items = await readAll(ucdpGed, fixture('ged-231.csv'));
    expect(rowWithId(items, '52588').columns.number_of_sources).toBe('');
  });

  it.each([
    ['1', { span: 'lasted', precision: 'day' }],
    ['2', { span: 'within', precision: 'week' }],
    ['3', { span: 'within', precision: 'week' }],
    ['4', { span: 'within', precision: 'month' }],
    ['5', { span: 'within', precision: 'year' }],
  ])('reads date_prec %s', async (date_prec, expected) => {
    const [item] = rowsOf(await readRow({ date_prec }));
    expect(item?.row.record.occurred).toEqual({
      start: '2017-01-30',
      end: '2017-01-31',
      ...expected,
    });
  });

  it.each([
    ['1', 'locality', true, undefined],
    ['2', 'area', true, 25],
    ['3', 'district', true, undefined],
    ['4', 'region', true, undefined],
    ['5', 'area', false, undefined],
    ['6', 'country', true, undefined],
    ['7', 'area', false, undefined],
    ['', 'unknown', true, undefined],
  ])('reads where_prec %s as %s', async (where_prec, precision, hasPoint, radiusKm) => {
    const [item] = rowsOf(await readRow({ where_prec }));
    const { location } = item?.row.record ?? {};
    expect(location?.precision).toBe(precision);
    expect(location?.radiusKm).toBe(radiusKm);
    expect(location?.point !== undefined).toBe(hasPoint);
  });

  it('makes side A the initiator and side B the target of one-sided violence only', async () => {
    const [oneSided] = rowsOf(await readRow({ type_of_violence: '3' }));
    expect(oneSided?.row.record.kind).toBe('violence_against_civilians');
    expect(oneSided?.row.record.actors.map((a) => a.role)).toEqual(['initiator', 'target']);
    const [nonState] = rowsOf(await readRow({ type_of_violence: '2' }));
    expect(nonState?.row.record.kind).toBe('armed_violence');
    expect(nonState?.row.record.title).toMatch(/^Non-state violence: /);
  });

  it('records figures out of order as stated, marked', async () => {
    const items = await readAll(ucdpGed, fixture('ged-2018.csv'));
    const [claim] = rowWithId(items, '155086').record.claims;
    expect(claim).toMatchObject({ low: 35, best: 228, high: 35, inconsistent: true });
  });

  it('claims civilians killed where there are any', async () => {
    const [item] = rowsOf(await readRow({ deaths_civilians: '2' }));
    expect(item?.row.record.claims.map((c) => [c.slot, 'best' in c && c.best])).toEqual([
      ['casualties.killed.all', 2],
      ['casualties.killed.civilian', 2],
    ]);
  });

  it('knows UCDP names of countries, and lets a state without a code keep its name', async () => {
    const items = await readAll(ucdpGed, fixture('ged-231.csv'));
    expect(rowWithId(items, '331784').record.location.country).toBe('YE');
    const [kosovo] = rowsOf(await readRow({ country: 'Kosovo' }));
    expect(kosovo?.row.record.location.country).toBe('Kosovo');
  });

  it('reads the extract of 14 columns', async () => {
    const items = await readAll(ucdpGed, fixture('ged-14-columns.csv'));
    expect(rejectsOf(items)).toEqual([]);
    expect(rowWithId(items, '244657').record).toMatchObject({
      kind: 'armed_violence',
      title: 'State-based violence: Government of Iraq - IS, Afghanistan',
      occurred: { start: '2017-07-31', span: 'lasted', precision: 'unknown' },
      location: { point: { lat: 34.531094, lon: 69.162796 }, precision: 'locality', country: 'AF' },
      claims: [{ low: 6, best: 6, high: 6 }],
    });
    expect(rowWithId(items, '244657').record.occurred.end).toBeUndefined();
  });

  it('reads ids by value, also as R writes them', async () => {
    const items = await readAll(ucdpGed, fixture('ged-14-columns.csv'));
    expect(rowsOf(items).map((i) => i.row.externalId)).toContain('200000');
    const [item] = rowsOf(await readRow({ id: '239008.0' }));
    expect(item?.row.externalId).toBe('239008');
  });

  it.each([
    ['latitude', '91', 'latitude must be between -90 and 90'],
    ['longitude', '-180.5', 'longitude must be between -180 and 180'],
    ['latitude', 'north', 'not a number of degrees'],
    ['latitude', '', 'the cell is empty'],
    ['date_start', '2017-02-31', 'no such day in the calendar'],
    ['date_start', '31/01/2017', 'not a date (year-month-day)'],
    ['date_end', '2017-01-29', 'the end is before the start (2017-01-30)'],
    ['best', '-1', 'a number of people cannot be negative'],
    ['best', '3.5', 'a number of people must be whole'],
    ['high', 'NaN', 'not a number'],
    ['low', 'many', 'not a number'],
    ['deaths_a', '-4', 'a number of people cannot be negative'],
    ['type_of_violence', '4', 'type_of_violence must be 1, 2 or 3'],
    ['date_prec', '9', 'must be a code from 1 to 5'],
    ['where_prec', '0', 'must be a code from 1 to 7'],
    ['country', '', 'the cell is empty'],
    ['where_coordinates', 'x'.repeat(501), 'longer than 500 characters'],
  ])('rejects %s "%s"', async (column, value, reason) => {
    const [item] = rejectsOf(await readRow({ [column]: value }));
    expect(item).toEqual({
      kind: 'reject',
      externalId: '7',
      reject: { record: 1, line: 2, column, value: shorten(value), reason },
    });
  });

  it('says when an id cannot be read', async () => {
    const [item] = rejectsOf(await readRow({ id: 'x' }));
    expect(item?.externalId).toBeUndefined();
    expect(item?.reject).toMatchObject({ column: 'id', value: 'x' });
  });
});
