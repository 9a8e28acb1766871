import type { PoolClient } from 'pg';
import { encodeColumns, quoted, selectSql, unnestSql } from '../pg/columns.js';
import type { Columns, RowOf } from '../pg/types.js';
import { SPAN_COLUMNS } from './columns.js';
import type { Span } from './versions.js';

/** A stored rectangle, told by its incident and by where it begins on the known axis. */
export const KEY_COLUMNS = {
  source_id: 'uuid',
  source_known_from: 'timestamptz',
} as const satisfies Columns;
/** A piece of a stored rectangle. */
export const PIECE_COLUMNS = { ...KEY_COLUMNS, ...SPAN_COLUMNS } as const satisfies Columns;
export type KeyRow = RowOf<typeof KEY_COLUMNS>;
export type PieceRow = RowOf<typeof PIECE_COLUMNS>;

export function pieceRow(key: KeyRow, span: Span): PieceRow {
  return {
    ...key,
    recorded_from: span.recordedFrom,
    recorded_to: span.recordedTo,
    known_from: span.knownFrom,
    known_to: span.knownTo,
  };
}

/** A bitemporal table: which column names the incident, and which are no part of the span. */
export interface BitemporalTable {
  schema: string;
  name: string;
  idColumn: string;
  /** All columns but those of the span, the id among them. */
  stateColumns: readonly string[];
}

/** Replaces rows of the current layer by their pieces, if there are any. One statement. */
export async function cutRows(
  client: PoolClient,
  table: BitemporalTable,
  keys: readonly KeyRow[],
  pieces: readonly PieceRow[],
): Promise<void> {
  if (keys.length === 0) return;
  const { schema, name, idColumn } = table;
  const keyCount = Object.keys(KEY_COLUMNS).length;
  await client.query({
    name: `${schema}.${name}.cut`,
    text: `WITH gone AS (
        DELETE FROM ${schema}.${name} t USING ${unnestSql(KEY_COLUMNS, 'k')}
        WHERE t.${idColumn} = k.source_id AND t.known_from = k.source_known_from
          AND t.recorded_to = 'infinity'
        RETURNING t.*)
      INSERT INTO ${schema}.${name} (${columnList(table)})
      SELECT ${table.stateColumns.map((c) => `g.${quoted(c)}`).join(', ')}, ${selectSql(SPAN_COLUMNS, 'r')}
      FROM ${unnestSql(PIECE_COLUMNS, 'r', keyCount + 1)} JOIN gone g
        ON g.${idColumn} = r.source_id AND g.known_from = r.source_known_from`,
    values: [...encodeColumns(KEY_COLUMNS, keys), ...encodeColumns(PIECE_COLUMNS, pieces)],
  });
}

function columnList({ stateColumns }: BitemporalTable): string {
  return [...stateColumns, ...Object.keys(SPAN_COLUMNS)].map(quoted).join(', ');
}
