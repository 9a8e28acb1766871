import type { Readable } from 'node:stream';
import { Controller, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Logger } from '#libs/platform';
import type { Recorder } from '#libs/recording';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { callerOf } from '../../http/caller.js';
import { parseParameters } from '../../http/parameters.js';
import { problemSchema } from '../../http/problem-schema.js';
import { LOGGER, RECORDER } from '../../tokens.js';
import { RecordCommand } from '../record-command.js';
import { BulkRun } from './bulk-run.js';

const parameters = z.strictObject({
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'Decides every line and writes nothing' }),
});

/** Many commands in one request, one a line, answered one a line while they come in. */
@ApiTags('commands')
@Controller('v1/commands')
export class BulkController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(RECORDER) private readonly recorder: Recorder,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'bulk',
    summary: 'Many commands, one a line',
    description:
      'Each line is `{ command, incidentId?, idempotencyKey, expectedVersion?, data }`; ' +
      '`complete-import` and `abandon-import` name their `dataset`. Each is answered by one line, ' +
      'in order: `{ line, status, receipt | problem, outcome?, extended?, fields? }`. A bad line ' +
      'gets its own problem and the rest goes on; after a 503 the later lines of that stream get ' +
      '503 too. Read the answers while you send: the service reads no further while they wait.',
  })
  @ApiConsumes('application/x-ndjson')
  @ApiBody({ schema: { type: 'string' } })
  @ApiResponse({
    status: 200,
    description: 'One answer a line',
    content: { 'application/x-ndjson': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 415, description: 'Not NDJSON', standardSchema: problemSchema })
  async bulk(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query({ schema: parameters }) query: unknown,
  ): Promise<void> {
    const dryRun = parseParameters(parameters, query).dryRun === 'true';
    const caller = callerOf(request);
    const source = bodyOf(request);
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' });
    response.flushHeaders();
    const { recorder, commands } = this;
    const target = {
      ledgerId: recorder.ledgerId,
      submit: (command: RecordCommand['request']) =>
        commands.execute(new RecordCommand(command, dryRun)),
      room: (streamId: string) => recorder.room(streamId),
    };
    try {
      await new BulkRun(target, caller, response).run(source);
      response.end();
    } catch (error) {
      // A client that went away is its own matter; anything else is told by breaking off.
      if (!request.raw.destroyed || request.raw.complete)
        this.logger.error({ err: error, reqId: request.id }, 'a bulk request broke off');
      response.destroy();
    }
  }
}

function bodyOf(request: FastifyRequest): AsyncIterable<Buffer> {
  const body = request.body as Readable | undefined;
  return body ?? emptyBody();
}

async function* emptyBody(): AsyncGenerator<Buffer> {
  // Nothing was sent: nothing to answer.
}
