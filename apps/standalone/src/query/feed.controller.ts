import { Readable } from 'node:stream';
import { Controller, Get, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Problem } from '#libs/platform';
import { GetFeed, QUERY_SCHEMAS } from '#libs/read-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemSchema } from '../http/problem-schema.js';
import { queryOf } from './query-parameters.js';

const NDJSON = 'application/x-ndjson';
const NEWLINE = Buffer.from('\n');

/** The events as they are in the log, byte by byte. */
@ApiTags('feed')
@Controller('v1/events')
export class FeedController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    operationId: 'feed',
    summary: 'The stored events, one a line',
    description:
      'CloudEvents 1.0 in structured JSON: each line has the bytes that are in the log, so that ' +
      'its hash can be checked. Partition by partition, each in the order of its log. Without ' +
      '`limit` it ends where queries stood when it was asked for. To go on, follow the ' +
      '`Link: <…>; rel="next"` of the answer, or give its `Ledger-Cursor` as `cursor` with the ' +
      'same filters: a cursor stays good for as long as the log is the same.',
  })
  @ApiResponse({
    status: 200,
    description: 'One event a line',
    headers: {
      Link: { schema: { type: 'string' }, description: 'Where to go on, rel="next"' },
      'Ledger-Cursor': { schema: { type: 'string' }, description: 'The cursor in it' },
    },
    content: { [NDJSON]: { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 400, description: 'Wrong parameters', standardSchema: problemSchema })
  @ApiResponse({
    status: 410,
    description: 'The cursor belongs to another log: start again without it',
    standardSchema: problemSchema,
  })
  async feed(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query({ schema: QUERY_SCHEMAS.feed }) raw: unknown,
  ): Promise<StreamableFile> {
    requireNdjson(request);
    const feed = await this.queries.execute(new GetFeed(queryOf(QUERY_SCHEMAS.feed, raw, request)));
    const next = new URLSearchParams(request.url.split('?')[1]);
    next.set('cursor', feed.next);
    reply.header('Link', `</v1/events?${next.toString()}>; rel="next"`);
    reply.header('Ledger-Cursor', feed.next);
    return new StreamableFile(Readable.from(lines(feed.batches), { objectMode: false }), {
      type: `${NDJSON}; charset=utf-8`,
    });
  }
}

async function* lines(batches: AsyncIterable<Uint8Array[]>): AsyncGenerator<Buffer> {
  for await (const batch of batches)
    yield Buffer.concat(batch.flatMap((bytes) => [bytes, NEWLINE]));
}

function requireNdjson(request: FastifyRequest): void {
  const { accept } = request.headers;
  if (accept === undefined || /\*\/\*|application\/(?:\*|x-ndjson)/i.test(accept)) return;
  throw new Problem({
    status: 406,
    code: 'not-acceptable',
    detail: `The feed comes as ${NDJSON}, one event a line; the request accepts only ${accept}.`,
  });
}
