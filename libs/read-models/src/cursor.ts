import { createHash } from 'node:crypto';
import { Problem } from '#libs/platform';
import { z } from 'zod';

/** A cursor is JSON in base64url: nobody should read it, so it may change with the version. */
export function encodeCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Throws a `Problem` 400 `invalid-cursor` when the text is not a cursor of that form. */
export function decodeCursor<S extends z.ZodType>(schema: S, text: string): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch (error) {
    throw cursorProblem('It is not a cursor that this service gave.', error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw cursorProblem('It is not a cursor that this service gave for this kind of query.');
}

export function cursorProblem(detail: string, cause?: unknown): Problem {
  return new Problem({
    status: 400,
    code: 'invalid-cursor',
    title: 'The cursor is not valid',
    detail,
    errors: [{ path: 'cursor', message: detail }],
    cause,
  });
}

/** Tells queries apart; keys in any order, undefined ones left out. */
export function digestOf(query: object): string {
  const entries = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('base64url').slice(0, 16);
}
