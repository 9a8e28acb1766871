import { STATUS_CODES } from 'node:http';

/** The media type of a problem body. */
export const PROBLEM_TYPE = 'application/problem+json';

/** One wrong field: `path` like `claims.0.low` (empty: the whole), and words that name what is accepted. */
export interface FieldError {
  path: string;
  message: string;
}

/** Problem details (RFC 9457) with our extensions: a stable code, and every wrong field. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail?: string;
  code: string;
  errors?: FieldError[];
  [extension: string]: unknown;
}

export interface ProblemInit {
  status: number;
  /** Stable, for programs: `unknown-parameter`. */
  code: string;
  /** Default: the standard phrase of the status. */
  title?: string;
  /** What is wrong here, and what to do. */
  detail?: string;
  errors?: readonly FieldError[];
  /** Seconds, for `Retry-After`. */
  retryAfter?: number;
  /** Further members of the body. */
  extensions?: Readonly<Record<string, unknown>>;
  cause?: unknown;
}

/** A failure that a caller is told about, as problem details. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[];
  readonly retryAfter: number | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(init: ProblemInit) {
    super(init.detail ?? init.title ?? init.code, { cause: init.cause });
    this.status = init.status;
    this.code = init.code;
    this.title = init.title ?? STATUS_CODES[init.status] ?? 'Error';
    this.detail = init.detail;
    this.errors = init.errors ?? [];
    this.retryAfter = init.retryAfter;
    this.extensions = init.extensions ?? {};
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return this.status === 429 || this.status === 503 || this.status === 504;
  }

  /** The body of the answer. */
  toJSON(): ProblemDetails {
    return {
      ...this.extensions,
      type: `urn:conflict-ledger:problem:${this.code}`,
      title: this.title,
      status: this.status,
      ...(this.detail !== undefined && { detail: this.detail }),
      code: this.code,
      ...(this.errors.length > 0 && { errors: [...this.errors] }),
    };
  }
}
