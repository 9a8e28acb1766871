import { createRequire } from 'node:module';
import { hash } from 'node:crypto';

// The package's types describe an ES module, its file is CommonJS.
const canonicalize = createRequire(import.meta.url)('canonicalize') as (value: unknown) => string;

const ARRAY_INDEX = /^(?:0|[1-9]\d{0,9})$/;

/** Thrown inside `sorted` for keys that a plain object cannot hold in code unit order. */
const UNSORTABLE = Symbol('unsortable');

/**
 * The same value with every object's keys in UTF-16 code unit order, copied only where they are
 * not. Engines list integer-like keys first whatever their order, and `__proto__` cannot be
 * assigned: such values are left to the library.
 */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i += 1) {
      const item: unknown = value[i];
      const same = sorted(item);
      if (same !== item) (copy ??= [...(value as unknown[])])[i] = same;
    }
    return copy ?? value;
  }
  const object = value as Record<string, unknown>;
  const keys = Object.keys(object);
  let ordered = true;
  let changed = false;
  let before = '';
  const items: unknown[] = [];
  for (const key of keys) {
    const first = key.charCodeAt(0);
    if ((first <= 0x39 && ARRAY_INDEX.test(key)) || key === '__proto__' || key === 'toJSON')
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- a signal, caught below
      throw UNSORTABLE;
    if (key < before) ordered = false;
    before = key;
    const item = object[key];
    const same = sorted(item);
    if (same !== item) changed = true;
    items.push(same);
  }
  if (ordered && !changed) return value;
  const copy: Record<string, unknown> = {};
  if (ordered) for (const [i, key] of keys.entries()) copy[key] = items[i];
  else {
    const at = new Map(keys.map((key, i) => [key, i]));
    for (const key of keys.sort()) copy[key] = items[at.get(key) ?? 0];
  }
  return copy;
}

/**
 * The JSON Canonicalization Scheme, RFC 8785. JSON.stringify already writes numbers and strings as
 * the RFC wants them; only the order of keys is ours to see to. Several times as fast as the
 * `canonicalize` library, which it equals (a property test) and falls back on.
 */
export function canonicalJson(value: unknown): string {
  try {
    return JSON.stringify(sorted(value));
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
