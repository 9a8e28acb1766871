import type { z } from 'zod';
import { type FieldError, Problem } from './problem.js';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * A 400 that lists every wrong field at once.
 * @param where what was wrong, for the detail: `request body`, `line`
 */
export function invalid(errors: readonly FieldError[], where: string): Problem {
  const [first] = errors;
  const named = first ? `${first.path ? `${first.path} ` : ''}${first.message}` : 'not valid';
  const more = errors.length > 1 ? ` (and ${String(errors.length - 1)} more, see errors)` : '';
  return new Problem({
    status: 400,
    code: 'invalid',
    detail: `The ${where} is not valid: ${named}${more}`,
    errors,
  });
}

/** The issues of a zod error as fields, each with words that name what is accepted. */
export function fieldErrors(error: Pick<z.core.$ZodError, 'issues'>): FieldError[] {
  return error.issues.flatMap((issue) => flatten(issue, []));
}

function flatten(issue: Issue, prefix: Path): FieldError[] {
  const at = [...prefix, ...issue.path];
  if (!hasDefaultMessage(issue)) return [fieldError(at, issue.message)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => fieldError([...at, key], 'is not known here'));
    case 'invalid_value':
      return [fieldError(at, `must be ${listed(issue.values)}`)];
    case 'invalid_type':
      return [fieldError(at, typeMessage(issue))];
    case 'invalid_union':
      return unionErrors(issue, at);
    case 'invalid_format':
      return [fieldError(at, FORMATS[issue.format] ?? issue.message)];
    case 'too_small':
    case 'too_big':
      return [fieldError(at, sizeMessage(issue))];
    default:
      return [fieldError(at, issue.message)];
  }
}

function fieldError(path: Path, message: string): FieldError {
  return { path: path.map(String).join('.'), message };
}

// A schema's own message says it better than we can.
function hasDefaultMessage({ message }: Issue): boolean {
  return /^(Invalid |Unrecognized key|Too (small|big): )/.test(message);
}

const FORMATS: Readonly<Record<string, string>> = {
  date: 'must be a date like 2024-11-11',
  datetime: 'must be an instant with its offset, like 2024-11-11T12:00:00Z',
  uuid: 'must be a UUID',
  url: 'must be an address like https://example.org/page',
};

const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function typeMessage(issue: Extract<Issue, { code: 'invalid_type' }>): string {
  // zod keeps the input out of its issues, but its message tells a missing value.
  if (issue.message.endsWith('received undefined')) return 'is missing';
  return `must be ${TYPES[issue.expected] ?? issue.expected}`;
}

function sizeMessage(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const [word, limit, inclusive] =
    issue.code === 'too_small'
      ? ['at least', issue.minimum, issue.inclusive]
      : ['at most', issue.maximum, issue.inclusive];
  const bound = `${word} ${String(limit)}`;
  if (bound === 'at least 1' && (issue.origin === 'string' || issue.origin === 'array')) {
    return 'must not be empty';
  }
  if (issue.origin === 'string') return `must have ${bound} characters`;
  if (issue.origin === 'array') return `must have ${bound} entries`;
  if (inclusive === false) {
    return `must be ${issue.code === 'too_small' ? 'more' : 'less'} than ${String(limit)}`;
  }
  return `must be ${bound}`;
}

function listed(values: readonly unknown[]): string {
  const texts = values.map((v) => (typeof v === 'string' ? v : JSON.stringify(v)));
  return texts.length === 1 ? texts.join('') : `one of ${texts.join(', ')}`;
}

/**
 * Of a union, the branch that came nearest (furthest in, then fewest issues) is what was meant;
 * where none got past the value itself, all that it might be is named.
 */
function unionErrors(issue: Extract<Issue, { code: 'invalid_union' }>, at: Path): FieldError[] {
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const rank = (branch: readonly Issue[]): number =>
    branch.length - Math.max(...branch.map((i) => i.path.length)) * 100;
  const best = [...branches].sort((a, b) => rank(a) - rank(b))[0];
  if (best?.some((i) => i.path.length > 0)) return best.flatMap((i) => flatten(i, at));
  const options: unknown = 'options' in issue ? issue.options : undefined;
  if (Array.isArray(options) && options.length > 0) {
    return [fieldError(at, `must be ${listed(options)}`)];
  }
  const messages = branches.flat().flatMap((i) => flatten(i, at));
  const distinct = [...new Set(messages.map((m) => m.message))];
  return [fieldError(at, distinct.length > 0 ? distinct.join(', or ') : issue.message)];
}
