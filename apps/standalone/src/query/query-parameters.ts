import { parseQuery } from '#libs/read-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

/**
 * The query string by its schema; `Ledger-After` counts as `after`. Throws a `Problem` 400 that
 * names every wrong or unknown parameter.
 */
export function queryOf<S extends z.ZodType>(
  schema: S,
  query: unknown,
  request: FastifyRequest,
): z.output<S> {
  const raw = query as Record<string, unknown>;
  const header = request.headers['ledger-after'];
  return parseQuery(
    schema,
    header === undefined || 'after' in raw ? raw : { ...raw, after: header },
  );
}

/** Only an answer that can never change may be kept. */
export function setCaching(reply: FastifyReply, final: boolean | undefined): void {
  reply.header(
    'Cache-Control',
    final === true ? 'public, max-age=31536000, immutable' : 'no-cache',
  );
}
