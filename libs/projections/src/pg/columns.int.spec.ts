import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import fc from 'fast-check';
import { columnNames, encodeColumns, insertSql, selectSql, unnestSql } from './columns.js';
import { copyRows } from './copy.js';
import type { Columns, RowOf } from './types.js';

const COLUMNS = {
  a_text: 'text',
  a_uuid: 'uuid',
  an_int4: 'int4',
  an_int8: 'int8',
  a_float8: 'float8',
  a_bool: 'bool',
  an_instant: 'timestamptz',
  a_day: 'date',
  a_document: 'jsonb',
  some_bytes: 'bytea',
  some_texts: 'text[]',
} as const satisfies Columns;
type Row = RowOf<typeof COLUMNS>;

const DAY = 86_400_000;
/** Text that Postgres can hold: any code point but U+0000. */
const text = fc.string({ unit: 'binary' }).filter((s) => !s.includes('\0'));
const instant = fc.oneof(
  fc.constantFrom(Infinity, -Infinity, 0, -1),
  // From 4713 BC to the year 200000, as Postgres' range is.
  fc.integer({ min: -210_000_000_000_000, max: 6_000_000_000_000_000 }),
);
const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 8 });

const arbitraryRow: fc.Arbitrary<Row> = fc.record({
  a_text: nullable(text),
  a_uuid: nullable(fc.uuid()),
  an_int4: nullable(fc.integer()),
  an_int8: nullable(
    fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
      fc.maxSafeInteger(),
    ),
  ),
  a_float8: nullable(fc.double()),
  a_bool: nullable(fc.boolean()),
  an_instant: nullable(instant),
  a_day: nullable(fc.integer({ min: -50_000, max: 100_000 }).map((day) => day * DAY)),
  a_document: nullable(
    fc.dictionary(text, fc.oneof(text, fc.integer())).map((value) => JSON.stringify(value)),
  ),
  some_bytes: nullable(fc.uint8Array()),
  some_texts: nullable(fc.array(text)),
});

/** How a row comes back when every value is asked for as text or number. */
function asRead(row: Row) {
  const { an_int8, a_document, some_bytes } = row;
  return {
    ...row,
    an_int8: an_int8 === null ? null : String(an_int8),
    a_document: a_document === null ? null : (JSON.parse(a_document) as unknown),
    some_bytes: some_bytes && Buffer.from(some_bytes),
  };
}

const READ_BACK = `a_text, a_uuid::text, an_int4, an_int8::text, a_float8, a_bool,
  (extract(epoch FROM an_instant) * 1000)::float8 AS an_instant,
  (extract(epoch FROM a_day) * 1000)::float8 AS a_day,
  a_document, some_bytes, some_texts`;

describe('binary parameters', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`);
    await database.pool.query(`CREATE TABLE things (n serial, ${columns.join(', ')})`);
  });
  afterAll(() => database.drop());

  async function readBack() {
    const { rows } = await database.pool.query(`SELECT ${READ_BACK} FROM things ORDER BY n`);
    await database.pool.query('TRUNCATE things');
    return rows as unknown[];
  }

  it('brings any rows through INSERT … unnest unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryRow, { maxLength: 20 }), async (rows) => {
        await database.pool.query(insertSql('things', COLUMNS), encodeColumns(COLUMNS, rows));
        expect(await readBack()).toEqual(rows.map(asRead));
      }),
      { numRuns: 60 },
    );
  });

  it('brings any rows through binary COPY unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryRow, { maxLength: 20 }), async (rows) => {
        const client = await database.pool.connect();
        try {
          await copyRows(client, 'things', COLUMNS, rows);
        } finally {
          client.release();
        }
        expect(await readBack()).toEqual(rows.map(asRead));
      }),
      { numRuns: 60 },
    );
  });

  it('rejects a COPY that the table refuses and leaves the connection usable', async () => {
    const client = await database.pool.connect();
    try {
      await client.query('CREATE TEMP TABLE small (n int4 CHECK (n < 10))');
      const rows = [{ n: 1 }, { n: 11 }];
      await expect(copyRows(client, 'small', { n: 'int4' }, rows)).rejects.toMatchObject({
        code: '23514',
      });
      const { rows: left } = await client.query('SELECT * FROM small');
      expect(left).toEqual([]);
    } finally {
      client.release();
    }
  });

  it('refuses values that do not fit their type before anything is sent', () => {
    expect(() => encodeColumns({ id: 'uuid' }, [{ id: 'not a uuid' }])).toThrow(TypeError);
    expect(() =>
      encodeColumns({ id: 'uuid' }, [{ id: 'zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz' }]),
    ).toThrow(TypeError);
    expect(() => encodeColumns({ n: 'int4' }, [{ n: 2 ** 31 }])).toThrow('not a 32-bit integer');
  });

  it('names columns and parameters in order', () => {
    const columns = { id: 'uuid', offset: 'int8', names: 'text[]' } as const;
    expect(columnNames(columns)).toBe('"id", "offset", "names"');
    expect(unnestSql(columns, 'r', 3)).toBe(
      'unnest($3::uuid[], $4::int8[], $5::text[]) AS r("id", "offset", "names")',
    );
    expect(selectSql(columns, 'r')).toBe('r."id", r."offset", r."names"::text[]');
  });
});
