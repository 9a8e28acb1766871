import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { isTransient, type Logger, Problem, PROBLEM_TYPE } from '#libs/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteTable } from './route-table.js';

/** How long the rest of a body that is too large is read. */
const DRAIN_MS = 5_000;

/** What Fastify says about a request that never reached a handler. */
const FASTIFY: Readonly<Record<string, { code: string; detail?: string }>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported-media-type' },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'body-too-large' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'malformed-request' },
};

/** Every failure leaves as problem details, whoever threw it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly routes: RouteTable,
    private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = this.problemOf(error, request);
    if (problem.status >= 500 && problem.status !== 503)
      this.logger.error({ err: error, reqId: request.id }, `${request.method} ${request.url}`);
    if (reply.sent || reply.raw.headersSent) {
      // The answer is under way: only its breaking off tells the client.
      reply.raw.destroy();
      return;
    }
    if (problem.code === 'body-too-large') void sendWhenRead(reply, request, problem);
    else sendProblem(reply, request, problem);
  }

  private problemOf(error: unknown, request: FastifyRequest): Problem {
    if (error instanceof Problem) return error;
    if (isTransient(error)) return databaseAway(error);
    if (error instanceof HttpException) return this.fromHttp(error, request);
    return new Problem({
      status: 500,
      code: 'internal',
      detail: `Something went wrong here; the log says more about request ${request.id}.`,
      cause: error,
    });
  }

  private fromHttp(error: HttpException, request: FastifyRequest): Problem {
    const status = error.getStatus();
    const { cause } = error;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const known = FASTIFY[code];
    if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return wrongMediaType(request, cause);
    if (known)
      return new Problem({
        status,
        code: known.code,
        detail: known.detail ?? error.message,
        cause,
      });
    if (status === 404) return this.noRoute(request);
    return new Problem({
      status,
      code: status < 500 ? 'malformed-request' : 'internal',
      detail: error.message,
      cause,
    });
  }

  private noRoute(request: FastifyRequest): Problem {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = this.routes.methodsOf(path);
    if (methods.length > 0)
      return new Problem({
        status: 405,
        code: 'method-not-allowed',
        detail: `${path} takes ${methods.join(', ')}, not ${request.method}.`,
        extensions: { allow: methods },
      });
    return new Problem({
      status: 404,
      code: 'no-such-route',
      detail: `There is nothing at ${path}: /docs shows what there is.`,
    });
  }
}

function wrongMediaType(request: FastifyRequest, cause: unknown): Problem {
  const wanted = request.url.startsWith('/v1/commands')
    ? 'application/x-ndjson'
    : 'application/json';
  const sent = request.headers['content-type'];
  return new Problem({
    status: 415,
    code: 'unsupported-media-type',
    detail: `Send Content-Type: ${wanted}${sent === undefined ? '' : `, not ${sent}`}.`,
    cause,
  });
}

/** What never reached the router: an address that cannot be decoded. */
export function malformedRequest(cause: Error): Problem {
  return new Problem({ status: 400, code: 'malformed-request', detail: cause.message, cause });
}

/** While Postgres is away, queries are a 503 that may be sent again. */
function databaseAway(cause: unknown): Problem {
  return new Problem({
    status: 503,
    code: 'database-unavailable',
    detail: 'Postgres cannot be reached now. Writing goes on; ask again in a moment.',
    retryAfter: 1,
    cause,
  });
}

/** A client that is still sending hears no answer: the rest of its body is read, and dropped. */
async function sendWhenRead(
  reply: FastifyReply,
  request: FastifyRequest,
  problem: Problem,
): Promise<void> {
  const { raw } = request;
  if (!raw.readableEnded)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, DRAIN_MS);
      raw.once('close', resolve);
      raw.once('end', () => {
        clearTimeout(timer);
        resolve();
      });
      raw.resume();
    });
  sendProblem(reply, request, problem);
}

/** Sends a problem with the headers that belong to it. */
export function sendProblem(reply: FastifyReply, request: FastifyRequest, problem: Problem): void {
  if (problem.retryAfter !== undefined)
    reply.header('Retry-After', String(Math.max(1, Math.ceil(problem.retryAfter))));
  const { allow } = problem.extensions;
  if (problem.status === 405 && Array.isArray(allow)) reply.header('Allow', allow.join(', '));
  const key = request.headers['idempotency-key'];
  if (key !== undefined && !reply.hasHeader('Idempotency-Key'))
    reply.header('Idempotency-Key', key);
  void reply.status(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}
