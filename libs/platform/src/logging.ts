import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import { pino, stdTimeFunctions } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { Options as HttpOptions } from 'pino-http';
import type { Config } from './config.js';

export type { Logger };

const HIDDEN = ['req.headers.authorization', 'req.headers.cookie', 'authorization', 'password'];

/** pino's options for `LOG_LEVEL`: times in ISO, nothing secret. */
export function loggerOptions(log: Pick<Config['log'], 'level'>): LoggerOptions {
  return {
    level: log.level,
    timestamp: stdTimeFunctions.isoTime,
    redact: { paths: HIDDEN, censor: '[hidden]' },
    base: null,
  };
}

/**
 * Where the lines go: stdout, for people on a terminal (`pretty`) or one JSON document a line.
 * In this thread, so that the last words of a dying process are not lost.
 */
export function logDestination(log: Pick<Config['log'], 'format'>, fd = 1): DestinationStream {
  return log.format === 'json'
    ? pino.destination({ dest: fd, sync: true })
    : PinoPretty({
        destination: fd,
        sync: true,
        colorize: fd === 1 && process.stdout.isTTY,
        translateTime: 'SYS:HH:MM:ss.l',
        ignore: 'pid,hostname,context,req,res,responseTime',
        messageFormat: '{if context}[{context}] {end}{msg}',
      });
}

/** A logger outside of Nest: the command line and start-up. */
export function createLogger(log: Config['log'], fd = 1): Logger {
  return pino(loggerOptions(log), logDestination(log, fd));
}

/**
 * For `LoggerModule.forRoot({ pinoHttp: httpLogger(config.log), forRoutes: ['*splat'] })`
 * (on Fastify, nestjs-pino logs requests only with that route). A request is one line: `debug`
 * when all went well, `info` when the caller was wrong, `error` when we were.
 */
export function httpLogger(log: Config['log']): HttpOptions {
  return {
    logger: createLogger(log),
    genReqId: (request) => request.headers['x-request-id']?.toString() ?? crypto.randomUUID(),
    customLogLevel: (_request, response, error) => {
      if (error || response.statusCode >= 500) return 'error';
      return response.statusCode >= 400 ? 'info' : 'debug';
    },
    customSuccessMessage: (request, response, responseTime) =>
      `${request.method ?? ''} ${request.url ?? ''} ${String(response.statusCode)} ${String(Math.round(responseTime))} ms`,
    customErrorMessage: (request, response, error) =>
      `${request.method ?? ''} ${request.url ?? ''} ${String(response.statusCode)}: ${error.message}`,
    serializers: {
      req: ({ id, method, url }: { id: unknown; method: unknown; url: unknown }) => ({
        id,
        method,
        url,
      }),
      res: ({ statusCode }: { statusCode: unknown }) => ({ statusCode }),
    },
  };
}
