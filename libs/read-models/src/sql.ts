/** Collects a statement's parameters: `add` gives the placeholder to write into the SQL. */
export class Params {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    this.values.push(value);
    return `$${String(this.values.length)}`;
  }

  /** An instant in milliseconds since the epoch, as `timestamptz`. */
  instant(ms: number): string {
    return `${this.add(new Date(ms).toISOString())}::timestamptz`;
  }

  text(values: readonly string[]): string {
    return `${this.add(values)}::text[]`;
  }

  uuids(values: readonly string[]): string {
    return `${this.add(values)}::uuid[]`;
  }
}

/** Conditions joined by AND; none is true. */
export function allOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'true' : conditions.map((c) => `(${c})`).join(' AND ');
}

/** Conditions joined by OR; none is false. */
export function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : conditions.map((c) => `(${c})`).join(' OR ');
}
