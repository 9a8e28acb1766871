import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';

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

/**
 * A 400 that lists every wrong field at once.
 * @param where what was wrong, for the detail: `request body`, `query`.
 */
export function problemFromZod(
  error: z.ZodError,
  options: { where?: string; status?: number; code?: string } = {},
): Problem {
  const errors = fieldErrors(error);
  const first = errors[0];
  const named = first ? `${first.path ? `${first.path}: ` : ''}${first.message}` : 'not valid';
  const more = errors.length > 1 ? ` (and ${String(errors.length - 1)} more, see errors)` : '';
  return new Problem({
    status: options.status ?? 400,
    code: options.code ?? 'invalid',
    detail: `The ${options.where ?? 'request'} is not valid: ${named}${more}`,
    errors,
  });
}

/** The issues of a zod error as fields with words that name what is accepted. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) => flatten(issue, []));
}

type Issue = z.core.$ZodIssue;

function flatten(issue: Issue, prefix: readonly PropertyKey[]): FieldError[] {
  const at = [...prefix, ...issue.path];
  const one = (message: string, path = at): FieldError => ({
    path: path.map(String).join('.'),
    message,
  });
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => one('is not known here', [...at, key]));
    case 'invalid_value':
      return [one(`must be ${oneOf(issue.values)}`)];
    case 'invalid_type':
      return [one(isMissing(issue) ? 'is missing' : `must be ${article(issue.expected)}`)];
    case 'invalid_union':
      return unionErrors(issue, at);
    default:
      return [one(issue.message)];
  }
}

// zod puts no input into issues unless asked to; its own message tells a missing value.
function isMissing(issue: Issue): boolean {
  return / received undefined$/.test(issue.message);
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.map((v) => (typeof v === 'string' ? v : JSON.stringify(v)));
  return shown.length === 1 ? (shown[0] ?? '') : `one of ${shown.join(', ')}`;
}

function article(type: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    record: 'an object',
    object: 'an object',
    array: 'a list',
    null: 'null',
  };
  return names[type] ?? `a ${type}`;
}

/**
 * Of a union, the branch that came nearest (furthest in, then fewest issues) is what was meant;
 * where none got past the value itself, all that it might be is named.
 */
function unionErrors(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  at: readonly PropertyKey[],
): FieldError[] {
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const rank = (branch: readonly Issue[]): number =>
    branch.length - Math.max(...branch.map((i) => i.path.length)) * 100;
  const best = [...branches].sort((a, b) => rank(a) - rank(b))[0];
  if (best && best.some((i) => i.path.length > 0)) return best.flatMap((i) => flatten(i, at));
  const path = at.map(String).join('.');
  const options = 'options' in issue ? issue.options : undefined;
  if (Array.isArray(options) && options.length > 0) {
    return [{ path, message: `must be ${oneOf(options)}` }];
  }
  const messages = new Set(
    branches
      .flat()
      .flatMap((i) => flatten(i, at))
      .map((e) => e.message),
  );
  return [{ path, message: messages.size > 0 ? [...messages].join(', or ') : issue.message }];
}
