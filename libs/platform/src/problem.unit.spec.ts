import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Problem } from './problem.js';
import { fieldErrors, invalid } from './zod-problem.js';

describe('Problem', () => {
  it('is the body of RFC 9457, with a stable code', () => {
    const problem = new Problem({
      status: 503,
      code: 'in-doubt',
      detail: 'Send it again.',
      retryAfter: 1,
      extensions: { ledgerBegins: '2024-11-11' },
    });
    expect(JSON.parse(JSON.stringify(problem))).toEqual({
      type: 'urn:conflict-ledger:problem:in-doubt',
      title: 'Service Unavailable',
      status: 503,
      detail: 'Send it again.',
      code: 'in-doubt',
      ledgerBegins: '2024-11-11',
    });
    expect(problem).toMatchObject({ retryAfter: 1, retryable: true, message: 'Send it again.' });
    expect(new Problem({ status: 409, code: 'incident-exists' }).retryable).toBe(false);
  });
});

describe('invalid', () => {
  const claim = z.discriminatedUnion('asserts', [
    z.strictObject({ asserts: z.literal('casualties'), low: z.int().min(0) }),
    z.strictObject({ asserts: z.enum(['occurrence', 'damage']) }),
  ]);
  const schema = z.strictObject({
    kind: z.enum(['airstrike', 'blackout']),
    title: z.string().min(1),
    lat: z.number().min(-90).max(90).optional(),
    reportedAt: z.union([z.iso.date(), z.iso.datetime({ offset: true })]),
    start: z
      .string()
      .refine((s) => s !== 'x', { error: 'must not be x' })
      .optional(),
    claims: z.array(claim).optional(),
  });

  function problem(value: unknown): Problem {
    const { error } = schema.safeParse(value);
    if (!error) throw new Error('this value is valid');
    return invalid(fieldErrors(error), 'request body');
  }

  it('lists every wrong field at once, in words that name what is accepted', () => {
    const found = problem({
      kind: 'war',
      title: '',
      lat: 91,
      reportedAt: '11.11.2024',
      start: 'x',
      claims: [{ asserts: 'casualties', low: 1.5 }, { asserts: 'rumour' }, 'text'],
      extra: 1,
    });
    expect(found.status).toBe(400);
    expect(found.detail).toMatch(/^The request body is not valid: kind must be one of .* 8 more/);
    expect(found.errors).toEqual([
      { path: 'kind', message: 'must be one of airstrike, blackout' },
      { path: 'title', message: 'must not be empty' },
      { path: 'lat', message: 'must be at most 90' },
      {
        path: 'reportedAt',
        message:
          'must be a date like 2024-11-11, or must be an instant with its offset, like 2024-11-11T12:00:00Z',
      },
      { path: 'start', message: 'must not be x' },
      { path: 'claims.0.low', message: 'must be a whole number' },
      { path: 'claims.1.asserts', message: 'must be one of casualties, occurrence, damage' },
      { path: 'claims.2', message: 'must be an object' },
      { path: 'extra', message: 'is not known here' },
    ]);
  });

  it('tells what is missing from what is wrong', () => {
    expect(problem({ kind: 1, title: 2 }).errors).toEqual([
      { path: 'kind', message: 'must be one of airstrike, blackout' },
      { path: 'title', message: 'must be a text' },
      { path: 'reportedAt', message: 'is missing' },
    ]);
    expect(problem([]).errors).toEqual([{ path: '', message: 'must be an object' }]);
  });
});
