import { ByteWriter } from './byte-writer.js';
import {
  type Columns,
  type ColumnType,
  type ColumnTypes,
  type RowOf,
  writeArray,
} from './types.js';

/**
 * Columns of rows as one binary array parameter each. node-pg sends a `Buffer` parameter in binary
 * format, so a whole batch reaches Postgres as `unnest($1::uuid[], $2::text[], …)` without one
 * value being quoted or parsed as text.
 */

const NEEDS_ESCAPE = /["\\]/g;

/** A text array in Postgres' own notation: `{"a","with \"quotes\""}`. */
export function arrayLiteral(values: readonly string[]): string {
  if (values.length === 0) return '{}';
  return `{${values.map((v) => `"${v.replace(NEEDS_ESCAPE, '\\$&')}"`).join(',')}}`;
}

/** An array parameter. Throws TypeError on a value that does not fit its type. */
export function encodeArray<T extends ColumnType>(
  type: T,
  values: readonly (ColumnTypes[T] | null)[],
): Buffer {
  const w = new ByteWriter(Math.max(32, values.length * 24));
  writeArray(w, type, values);
  return w.finish();
}

/**
 * The rows, turned into one array parameter per column, in the columns' order. A `text[]` column
 * becomes a text array of array literals, because unnest would flatten arrays of arrays.
 */
export function encodeColumns<C extends Columns>(columns: C, rows: readonly RowOf<C>[]): Buffer[] {
  return Object.entries(columns).map(([name, type]) => {
    if (type !== 'text[]') {
      return encodeArray<ColumnType>(
        type,
        rows.map((row) => row[name] ?? null),
      );
    }
    const arrays = rows.map((row) => (row[name] ?? null) as readonly string[] | null);
    return encodeArray(
      'text',
      arrays.map((array) => array && arrayLiteral(array)),
    );
  });
}

/** `unnest($1::uuid[], $2::text[]) AS r("id","version")`, the parameters counted from `first`. */
export function unnestSql(columns: Columns, alias: string, first = 1): string {
  const parameters = Object.values(columns).map(
    (type, i) => `$${String(first + i)}::${type === 'text[]' ? 'text' : type}[]`,
  );
  const names = Object.keys(columns).map(quoted);
  return `unnest(${parameters.join(', ')}) AS ${alias}(${names.join(', ')})`;
}

/** The select list that gives unnested columns their own types. */
export function selectSql(columns: Columns, alias: string): string {
  return Object.entries(columns)
    .map(([name, type]) => `${alias}.${quoted(name)}${type === 'text[]' ? '::text[]' : ''}`)
    .join(', ');
}

export function columnNames(columns: Columns): string {
  return Object.keys(columns).map(quoted).join(', ');
}

/** `INSERT INTO table (…) SELECT … FROM unnest(…)`, to which a caller may add ON CONFLICT. */
export function insertSql(table: string, columns: Columns): string {
  return `INSERT INTO ${table} (${columnNames(columns)}) SELECT ${selectSql(columns, 'r')} FROM ${unnestSql(columns, 'r')}`;
}

/** A column's name as SQL wants it; `offset` and `partition` are reserved words. */
export function quoted(name: string): string {
  return `"${name}"`;
}
