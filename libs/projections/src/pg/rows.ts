import type { PoolClient, QueryResultRow } from 'pg';
import { encodeColumns } from './columns.js';
import type { Columns, RowOf } from './types.js';

/** A statement over a batch of rows: the columns are its parameters from $1 on. */
export interface RowsStatement<C extends Columns> {
  /** Prepared under this name once per connection; it stands for this text alone. */
  name: string;
  text: string;
  columns: C;
}

/** Runs a set-based statement on the rows; nothing when there are none. */
export async function runOnRows<C extends Columns, R extends QueryResultRow = QueryResultRow>(
  client: PoolClient,
  statement: RowsStatement<C>,
  rows: readonly RowOf<C>[],
): Promise<R[]> {
  if (rows.length === 0) return [];
  const { name, text, columns } = statement;
  const result = await client.query<R>({ name, text, values: encodeColumns(columns, rows) });
  return result.rows;
}
