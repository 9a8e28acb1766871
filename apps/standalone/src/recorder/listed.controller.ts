import { Readable } from 'node:stream';
import { Controller, Get, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { PARTITIONS } from '#libs/contracts';
import type { ListedRow, Recorder } from '#libs/recording';
import { Problem } from '#libs/platform';
import { z } from 'zod';
import { parseParameters } from '../http/parameters.js';
import { RECORDER } from '../tokens.js';

const parameters = z.strictObject({
  scope: z
    .string()
    .regex(/^(?:all|[A-Z]{2})$/, 'must be all or a country code of two capital letters'),
  partition: z
    .string()
    .regex(/^\d{1,2}$/, `must be a number from 0 to ${String(PARTITIONS - 1)}`)
    .refine((p) => Number(p) < PARTITIONS, `must be a number from 0 to ${String(PARTITIONS - 1)}`)
    .optional()
    .meta({ description: 'One partition only; all when absent' }),
});

/** What a dataset lists now, from the write side: what an edition may delist. */
@ApiTags('imports')
@Controller('v1/datasets')
export class ListedController {
  constructor(@Inject(RECORDER) private readonly recorder: Recorder) {}

  @Get(':dataset/listed')
  @ApiOperation({
    operationId: 'listed',
    summary: 'The rows that a dataset and scope list now, one a line',
  })
  @ApiResponse({
    status: 200,
    description: '`{ incidentId, externalId }` a line',
    content: { 'application/x-ndjson': { schema: { type: 'string' } } },
  })
  listed(
    @Param('dataset') dataset: string,
    @Query({ schema: parameters }) query: unknown,
  ): StreamableFile {
    const { scope, partition } = parseParameters(parameters, query);
    const partitions =
      partition === undefined
        ? Array.from({ length: PARTITIONS }, (_, p) => p)
        : [Number(partition)];
    const { recorder } = this;
    const rows = function* (): Generator<ListedRow> {
      for (const p of partitions) yield* recorder.listed(p, dataset, scope);
    };
    return new StreamableFile(Readable.from(begun(inChunks(rows()))), {
      type: 'application/x-ndjson; charset=utf-8',
    });
  }
}

/**
 * The same chunks, the first of them made now: a partition that is not open is a 503, not an
 * answer that breaks off. One that closes later breaks it off, so that no part is taken for all.
 */
function begun(chunks: Generator<Buffer>): Iterable<Buffer> {
  let first: IteratorResult<Buffer, void>;
  try {
    first = chunks.next();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new Problem({ status: 503, code: 'unavailable', detail, retryAfter: 1, cause });
  }
  return (function* () {
    if (first.done) return;
    yield first.value;
    yield* chunks;
  })();
}

function* inChunks(rows: Iterable<ListedRow>): Generator<Buffer> {
  let text = '';
  for (const row of rows) {
    text += `${JSON.stringify(row)}\n`;
    if (text.length < 64 * 1024) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
