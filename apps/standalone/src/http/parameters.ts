import { type FieldError, fieldErrors, Problem } from '#libs/platform';
import type { z } from 'zod';

/** Query parameters as their schema reads them. Throws a `Problem` 400 naming every wrong one. */
export function parseParameters<S extends z.ZodObject>(schema: S, query: unknown): z.output<S> {
  const parsed = schema.safeParse(query ?? {});
  if (parsed.success) return parsed.data;
  const accepted = Object.keys(schema.shape).join(', ') || 'none';
  const errors = fieldErrors(parsed.error).map((error): FieldError =>
    error.path in schema.shape
      ? error
      : { ...error, message: `is not a parameter here; accepted: ${accepted}` },
  );
  throw new Problem({
    status: 400,
    code: 'invalid-query',
    detail: errors.map((e) => `${e.path} ${e.message}`).join('; '),
    errors,
  });
}
