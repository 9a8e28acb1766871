import { createRequire } from 'node:module';
import { hash } from 'node:crypto';

// The package's types describe an ES module, its file is CommonJS.
const canonicalize = createRequire(import.meta.url)('canonicalize') as (value: unknown) => string;

const ARRAY_INDEX = /^(?:0|[1-9]\d{0,9})$/;

/** Thrown inside `sorted` for keys that a plain object cannot hold in code unit order. */
const UNSORTABLE = Symbol('unsortable');

function unsortable(): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- a signal, caught below
  throw UNSORTABLE;
}

function isUnsortable(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first <= 0x39 && ARRAY_INDEX.test(key)) || key === '__proto__' || key === 'toJSON';
}

function sortedArray(items: unknown[]): unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i += 1) {
    const item = items[i];
    if (typeof item !== 'object' || item === null) continue;
    const same = sorted(item);
    if (same !== item) (copy ??= [...items])[i] = same;
  }
  return copy ?? items;
}

/**
 * The same value with every object's keys in UTF-16 code unit order, copied only where they are
 * not, each part looked at once. Engines list integer-like keys first whatever their order, and
 * `__proto__` cannot be assigned: such values are left to the library. `for … in` is three times
 * as fast as Object.keys here, and what is stored is mostly in order.
 */
function sorted(value: object): object {
  if (Array.isArray(value)) return sortedArray(value);
  const object = value as Record<string, unknown>;
  let before = '';
  let ordered = true;
  let changed: Map<string, object> | undefined;
  for (const key in object) {
    if (isUnsortable(key)) unsortable();
    if (key < before) ordered = false;
    before = key;
    const item = object[key];
    if (typeof item !== 'object' || item === null) continue;
    const same = sorted(item);
    if (same !== item) (changed ??= new Map()).set(key, same);
  }
  if (ordered && !changed) return value;
  const keys = Object.keys(object);
  const copy: Record<string, unknown> = {};
  for (const key of ordered ? keys : keys.sort()) copy[key] = changed?.get(key) ?? object[key];
  return copy;
}

/**
 * The JSON Canonicalization Scheme, RFC 8785. JSON.stringify already writes numbers and strings as
 * the RFC wants them; only the order of keys is ours to see to. Several times as fast as the
 * `canonicalize` library, which it equals (a property test) and falls back on.
 */
export function canonicalJson(value: unknown): string {
  try {
    return JSON.stringify(typeof value === 'object' && value !== null ? sorted(value) : value);
  } catch (error) {
    if (error !== UNSORTABLE) throw error;
    return canonicalize(value);
  }
}

/** SHA-256 of a text's UTF-8 bytes, 64 hex digits. */
export function sha256(text: string | Uint8Array): string {
  return hash('sha256', text, 'hex');
}

const UNSAFE_TEXT = /[\0\p{Cs}]/u;

/** True when the text holds U+0000 or a lone surrogate: JSON may, Postgres' jsonb cannot. */
export function hasUnsafeText(text: string): boolean {
  return UNSAFE_TEXT.test(text);
}
