import type pg from 'pg';

const PER_TRANSACTION = 1_000;

interface Column {
  name: string;
  type: string;
}

/** A table's rows in memory, column by column, as Postgres writes them as text. */
export interface Table {
  name: string;
  columns: Column[];
  key: string[];
  values: (string | null)[][];
  rows: number;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Every table of a schema that has rows. */
export async function readTables(pool: pg.Pool, schema: string): Promise<Table[]> {
  const { rows } = await pool.query<{ name: string; columns: Column[]; key: string[] | null }>(
    `SELECT c.relname AS name,
            (SELECT json_agg(json_build_object('name', a.attname,
                      'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
               FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
            (SELECT json_agg(a.attname)
               FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
              WHERE i.indrelid = c.oid AND i.indisprimary) AS key
       FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'
      ORDER BY c.relname`,
    [schema],
  );
  const tables = await Promise.all(
    rows.map(async ({ name, columns, key }) => {
      const list = columns.map((c) => `${quoted(c.name)}::text`).join(', ');
      const result = await pool.query<(string | null)[]>({
        text: `SELECT ${list} FROM ${schema}.${quoted(name)}`,
        rowMode: 'array',
      });
      const values = columns.map((_, i) => result.rows.map((row) => row[i] ?? null));
      return { name, columns, key: key ?? [], values, rows: result.rows.length };
    }),
  );
  return tables.filter((t) => t.rows > 0);
}

/** Empty tables with the same columns and indexes in a schema made anew. */
export async function copyOf(
  pool: pg.Pool,
  from: string,
  to: string,
  tables: readonly Table[],
): Promise<void> {
  await pool.query(`DROP SCHEMA IF EXISTS ${to} CASCADE`);
  await pool.query(`CREATE SCHEMA ${to}`);
  for (const { name } of tables)
    await pool.query(
      `CREATE TABLE ${to}.${quoted(name)} (LIKE ${from}.${quoted(name)} INCLUDING ALL)`,
    );
}

function upsertInto(schema: string, { name, columns, key }: Table): string {
  const names = columns.map((c) => quoted(c.name));
  const arrays = columns.map((_, i) => `$${String(i + 1)}::text[]`);
  const typed = columns.map((c, i) => `v.c${String(i)}::${c.type}`);
  const changes = columns
    .filter((c) => !key.includes(c.name))
    .map((c) => `${quoted(c.name)} = excluded.${quoted(c.name)}`);
  const conflict =
    key.length > 0 && changes.length > 0
      ? `ON CONFLICT (${key.map(quoted).join(', ')}) DO UPDATE SET ${changes.join(', ')}`
      : '';
  return (
    `INSERT INTO ${schema}.${quoted(name)} (${names.join(', ')}) SELECT ${typed.join(', ')} ` +
    `FROM unnest(${arrays.join(', ')}) AS v(${columns.map((_, i) => `c${String(i)}`).join(', ')}) ${conflict}`
  );
}

/** An array as Postgres reads it from text. */
function arrayLiteral(values: readonly (string | null)[]): string {
  const items = values.map((v) => (v === null ? 'NULL' : `"${v.replace(/[\\"]/g, '\\$&')}"`));
  return `{${items.join(',')}}`;
}

/** A statement with its parameters, written out beforehand. */
export interface Upsert {
  name: string;
  text: string;
  values: string[];
}

/** Transactions of 1,000 rows of every table each, ready to be sent: no work of ours is left. */
export function upsertsOf(schema: string, tables: readonly Table[]): Upsert[][] {
  const parts = Math.ceil(Math.max(...tables.map((t) => t.rows)) / PER_TRANSACTION);
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part * PER_TRANSACTION, (part + 1) * PER_TRANSACTION];
    return tables
      .filter((table) => from < table.rows)
      .map((table) => ({
        name: `raw-${table.name}`,
        text: upsertInto(schema, table),
        values: table.values.map((column) => arrayLiteral(column.slice(from, to))),
      }));
  });
}

/** Sends the transactions, so many at a time. */
export async function sendUpserts(
  pool: pg.Pool,
  transactions: readonly Upsert[][],
  connections: number,
): Promise<void> {
  let next = 0;
  const writer = async (): Promise<void> => {
    const client = await pool.connect();
    try {
      for (let upserts = transactions[next++]; upserts; upserts = transactions[next++]) {
        await client.query('BEGIN');
        for (const upsert of upserts) await client.query(upsert);
        await client.query('COMMIT');
      }
    } finally {
      client.release();
    }
  };
  await Promise.all(Array.from({ length: connections }, writer));
}
