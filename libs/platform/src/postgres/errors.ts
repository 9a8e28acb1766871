export type PostgresErrorCode =
  | 'postgres-unsupported-platform'
  | 'postgres-not-permitted'
  | 'postgres-other-version'
  | 'postgres-too-old'
  | 'postgres-start-failed'
  | 'postgres-refused';

/** Postgres cannot be used; the message says what to do about it. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';
  constructor(
    readonly code: PostgresErrorCode,
    message: string,
    readonly retryable = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The `code` of a Node or Postgres error (`ENOENT`, `57P03`), or undefined. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
