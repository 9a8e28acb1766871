import type { Columns } from './values.js';

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?)? ?(Z|[+-]\d{2}(?::?\d{2})?)?$/;
/** A geometry, not a place that is called Point Pedro. */
const WKT =
  /^(?:(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION) ?(?:Z|M|ZM)? ?(?:\(.*\)|EMPTY)$/i;
const WKT_NUMBER = /(?<![\w.+-])[+-]?(?:\d+\.?\d*|\.\d+)(?![\w.+-])/g;

/** A decimal written without its meaningless zeros, exact whatever its length; else undefined. */
function plainNumber(text: string): string | undefined {
  const match = NUMBER.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const int = whole.replace(/^0+(?=\d)/, '') || '0';
  const frac = fraction.replace(/0+$/, '');
  const value = frac === '' ? int : `${int}.${frac}`;
  return sign === '-' && value !== '0' ? `-${value}` : value;
}

function plainDate(text: string): string | undefined {
  const match = DATE_TIME.exec(text);
  if (!match) return undefined;
  const [, date = '', hour, minute = '00', second = '00', fraction = '', offset = ''] = match;
  if (hour === undefined) return offset === '' ? date : undefined;
  const subsecond = fraction.replace(/0+$/, '');
  const time = `${hour.padStart(2, '0')}:${minute}:${second}`;
  const fine = subsecond && `.${subsecond}`;
  if (offset === '') return `${time}${fine}` === '00:00:00' ? date : `${date}T${time}${fine}`;
  const minutes = offset.slice(3).replace(':', '') || '00';
  const zone = offset === 'Z' ? offset : `${offset.slice(0, 3)}:${minutes}`;
  const instant = Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(instant)) return undefined;
  const utc = new Date(instant).toISOString();
  return utc.length === 24 ? `${utc.slice(0, 19)}${fine}Z` : undefined;
}

function plainWkt(text: string): string {
  return text
    .toUpperCase()
    .replace(/\s*([(),])\s*/g, '$1')
    .replace(WKT_NUMBER, (n) => plainNumber(n) ?? n);
}

/**
 * A cell as it is compared between editions, so that spelling is no revision: white space trimmed
 * and collapsed; numbers and dates by value (`369` and `369.0`, `2014-12-05` and
 * `2014-12-05 00:00:00.000`, an instant in whatever offset), also inside WKT; letter case dropped in
 * the `caseless` columns (place names). Numbers with an exponent stay text.
 */
export function normaliseCell(
  column: string,
  value: string,
  caseless: ReadonlySet<string>,
): string {
  const text = value.trim().replace(/\s+/g, ' ');
  if (text === '') return text;
  const first = text.charCodeAt(0);
  if (first <= 0x39) {
    const value = plainNumber(text) ?? plainDate(text);
    if (value !== undefined) return value;
  } else if (WKT.test(text)) return plainWkt(text);
  return caseless.has(column) ? text.toLowerCase() : text;
}

export interface ColumnDiff {
  /** In both editions, with another value. */
  changed: string[];
  /** Only in the later edition. */
  gained: string[];
}

/** Compares a row with the same dataset's last one. A column that only the earlier has is no change. */
export function compareColumns(
  before: Columns,
  after: Columns,
  caseless: ReadonlySet<string>,
): ColumnDiff {
  const changed: string[] = [];
  const gained: string[] = [];
  for (const [column, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, column) ? before[column] : undefined;
    if (old === undefined) gained.push(column);
    else if (
      old !== value &&
      normaliseCell(column, old, caseless) !== normaliseCell(column, value, caseless)
    )
      changed.push(column);
  }
  return { changed, gained };
}
