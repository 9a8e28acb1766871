import type { ByteWriter } from './byte-writer.js';

/** The value of a column in JavaScript; null is SQL's NULL. */
export interface ColumnTypes {
  text: string;
  /** 36 characters, lower or upper case. */
  uuid: string;
  int4: number;
  /** A safe integer or decimal digits (an offset). */
  int8: number | string;
  float8: number;
  bool: boolean;
  /** Milliseconds since the epoch; ±Infinity is Postgres' `infinity` and `-infinity`. */
  timestamptz: number;
  /** Any instant of the UTC day, in milliseconds since the epoch. */
  date: number;
  /** JSON text. */
  jsonb: string;
  bytea: Uint8Array;
  'text[]': readonly string[];
}
export type ColumnType = keyof ColumnTypes;

/** A table's columns in order, by name. */
export type Columns = Record<string, ColumnType>;
export type RowOf<C extends Columns> = { [K in keyof C]: ColumnTypes[C[K]] | null };

/** Type OIDs from pg_type.dat. */
export const OIDS: Record<ColumnType, number> = {
  text: 25,
  uuid: 2950,
  int4: 23,
  int8: 20,
  float8: 701,
  bool: 16,
  timestamptz: 1184,
  date: 1082,
  jsonb: 3802,
  bytea: 17,
  'text[]': 1009,
};

/** 2000-01-01, from which Postgres counts. */
const PG_EPOCH_MS = 946_684_800_000;
const DAY_MS = 86_400_000;
const MAX_INT64 = 0x7fff_ffff_ffff_ffffn;
const MIN_INT64 = -0x8000_0000_0000_0000n;
const MAX_INT32 = 0x7fff_ffff;
const MIN_INT32 = -0x8000_0000;

type Writers = { [T in ColumnType]: (w: ByteWriter, value: ColumnTypes[T]) => void };

/** Writes the length (4 bytes) and the value, as in binary arrays and binary COPY alike. */
const WRITERS: Writers = {
  text: writeText,
  uuid(w, value) {
    if (value.length !== 36) throw new TypeError(`not a UUID: ${value}`);
    w.int32(16);
    w.hex(value.replaceAll('-', ''));
  },
  int4(w, value) {
    w.int32(4);
    w.int32(value);
  },
  int8(w, value) {
    w.int32(8);
    const number = Number(value);
    if (Number.isSafeInteger(number)) writeInteger(w, number);
    else w.bigint64(BigInt(value));
  },
  float8(w, value) {
    w.int32(8);
    w.float64(value);
  },
  bool(w, value) {
    w.int32(1);
    w.byte(value ? 1 : 0);
  },
  timestamptz(w, value) {
    w.int32(8);
    const microseconds = (Math.floor(value) - PG_EPOCH_MS) * 1000;
    if (Number.isSafeInteger(microseconds)) writeInteger(w, microseconds);
    else if (value === Infinity) w.bigint64(MAX_INT64);
    else if (value === -Infinity) w.bigint64(MIN_INT64);
    else w.bigint64(BigInt(Math.floor(value) - PG_EPOCH_MS) * 1000n);
  },
  date(w, value) {
    w.int32(4);
    if (value === Infinity) w.int32(MAX_INT32);
    else if (value === -Infinity) w.int32(MIN_INT32);
    else w.int32(Math.floor((value - PG_EPOCH_MS) / DAY_MS));
  },
  jsonb(w, value) {
    const at = w.length;
    w.int32(0);
    w.byte(1);
    w.patchInt32(w.utf8(value) + 1, at);
  },
  bytea(w, value) {
    w.int32(value.byteLength);
    w.bytes(value);
  },
  'text[]'(w, value) {
    const at = w.length;
    w.int32(0);
    writeArray(w, 'text', value);
    w.patchInt32(w.length - at - 4, at);
  },
};

/** A safe integer as 64 bits, without the price of a BigInt. */
function writeInteger(w: ByteWriter, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  w.int64(high, value - high * 2 ** 32);
}

function writeText(w: ByteWriter, value: string): void {
  const at = w.length;
  w.int32(0);
  w.patchInt32(w.utf8(value), at);
}

/**
 * A one-dimensional array in Postgres' binary format (src/backend/utils/adt/arrayfuncs.c,
 * array_recv), without a length before it.
 */
export function writeArray<T extends ColumnType>(
  w: ByteWriter,
  type: T,
  values: readonly (ColumnTypes[T] | null)[],
): void {
  w.int32(values.length === 0 ? 0 : 1);
  w.int32(values.includes(null) ? 1 : 0);
  w.int32(OIDS[type]);
  if (values.length === 0) return;
  w.int32(values.length);
  w.int32(1);
  for (const value of values) writeValue(w, type, value);
}

/** Length and value; null is the length -1. Throws TypeError on a value that does not fit. */
export function writeValue<T extends ColumnType>(
  w: ByteWriter,
  type: T,
  value: ColumnTypes[T] | null,
): void {
  if (value === null) {
    w.int32(-1);
    return;
  }
  const write: (w: ByteWriter, value: ColumnTypes[T]) => void = WRITERS[type];
  write(w, value);
}
