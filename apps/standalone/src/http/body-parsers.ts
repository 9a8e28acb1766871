import { isUtf8 } from 'node:buffer';
import { Problem } from '#libs/platform';
import type { FastifyInstance } from 'fastify';

/** Above it a body is refused; what a single command may write is less (2 MiB). */
export const BODY_LIMIT = 4 * 1024 * 1024;

/** JSON as a value, NDJSON as the stream that it is; nothing else is accepted. */
export function registerBodyParsers(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
    (_request, body, done) => {
      try {
        done(null, parseJson(body as Buffer));
      } catch (error) {
        done(error as Problem);
      }
    },
  );
  instance.addContentTypeParser('application/x-ndjson', (_request, payload, done) => {
    done(null, payload);
  });
}

/** Undefined for an empty body. Throws a `Problem` 400 that says what is wrong with the text. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw malformed('it is not UTF-8');
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error), error);
  }
}

function malformed(reason: string, cause?: unknown): Problem {
  return new Problem({
    status: 400,
    code: 'malformed-json',
    detail: `The body is not JSON: ${reason}`,
    cause,
  });
}
