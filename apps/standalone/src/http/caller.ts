import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { Problem } from '#libs/platform';
import type { FastifyRequest } from 'fastify';

/** Who sends a command, and what it belongs to. */
export interface Caller {
  caller: string;
  role: string;
  /** `X-Request-Id`, or made. */
  correlationId: string;
  traceparent?: string;
  tracestate?: string;
}

const LONGEST = 200;
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;
const VERSION = /^"(\d{1,15})"$/;

/** Without keys everybody on this machine is `local`, or who they say they are, and may record. */
export function callerOf(request: FastifyRequest): Caller {
  const actor = textOf(request.headers['ledger-actor']);
  if (actor !== undefined && (actor.length < 1 || actor.length > LONGEST))
    throw invalidHeader('Ledger-Actor', `must be a name of 1 to ${String(LONGEST)} characters`);
  const traceparent = textOf(request.headers.traceparent);
  const tracestate = textOf(request.headers.tracestate);
  const traced = traceparent !== undefined && TRACEPARENT.test(traceparent);
  return {
    caller: actor ?? 'local',
    role: 'recorder',
    correlationId: request.id,
    ...(traced && { traceparent }),
    ...(traced && tracestate !== undefined && TRACESTATE.test(tracestate) && { tracestate }),
  };
}

/** The key of a command: as given, else a new one. `header` is what the answer returns. */
export function idempotencyKeyOf(request: FastifyRequest): { key: string; header: string } {
  const given = request.headers['idempotency-key'];
  const key = textOf(given);
  if (key === undefined) {
    const made = randomUUID();
    return { key: made, header: made };
  }
  if (key.length < 1 || key.length > LONGEST)
    throw invalidHeader(
      'Idempotency-Key',
      `must have 1 to ${String(LONGEST)} characters, it has ${String(key.length)}`,
    );
  return { key, header: String(given) };
}

/** The version of `If-Match`, undefined when it is not given. */
export function expectedVersionOf(request: FastifyRequest): number | undefined {
  const given = request.headers['if-match'];
  if (given === undefined) return undefined;
  const version = VERSION.exec(given.trim())?.[1];
  if (version === undefined)
    throw invalidHeader('If-Match', 'must be one version in double quotes, as in "3"');
  return Number(version);
}

/** A request's id: `X-Request-Id` when it is one, else made. */
export function requestIdOf(given: string | string[] | undefined): string {
  const id = textOf(given);
  return id !== undefined && id.length >= 1 && id.length <= LONGEST ? id : randomUUID();
}

/** HTTP hands headers over as Latin-1; what clients mean and send is UTF-8. */
function textOf(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const bytes = Buffer.from(Array.isArray(header) ? header.join(', ') : header, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
}

function invalidHeader(name: string, message: string): Problem {
  return new Problem({
    status: 400,
    code: 'invalid-header',
    detail: `${name} ${message}`,
    errors: [{ path: name, message }],
  });
}
