import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type EventSchemaEntry, eventJsonSchema, eventSchemaEntries } from '#libs/contracts';
import { type Codebook, codebook } from '#libs/domain';
import { Problem } from '#libs/platform';
import type { FastifyReply } from 'fastify';
import { problemSchema } from '../http/problem-schema.js';

/** What the codes mean, and what events look like. */
@ApiTags('reference')
@Controller('v1')
export class ReferenceController {
  @Get('codebook')
  @ApiOperation({
    operationId: 'codebook',
    summary: 'Kinds and values, and how they correspond to the codes of other projects',
  })
  codebook(): Codebook {
    return codebook();
  }

  @Get('schemas')
  @ApiOperation({ operationId: 'schemas', summary: 'Every version of every event type' })
  schemas(): { schemas: (EventSchemaEntry & { href: string })[] } {
    const schemas = eventSchemaEntries().map((entry) => ({
      ...entry,
      href: `/v1/schemas/${entry.type}/${String(entry.version)}`,
    }));
    return { schemas };
  }

  @Get('schemas/:type/:version')
  @ApiOperation({
    operationId: 'schema',
    summary: 'JSON Schema 2020-12 of an event as it stands in the log',
  })
  @ApiResponse({
    status: 200,
    description: 'The schema',
    content: { 'application/schema+json': { schema: { type: 'object' } } },
  })
  @ApiResponse({ status: 404, description: 'No such version', standardSchema: problemSchema })
  schema(
    @Param('type') type: string,
    @Param('version') version: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): object {
    const schema = /^\d{1,4}$/.test(version)
      ? eventJsonSchema(type.replace(/^conflict\./, ''), Number(version))
      : undefined;
    if (!schema)
      throw new Problem({
        status: 404,
        code: 'schema-absent',
        detail: `There is no version ${version} of ${type}: /v1/schemas lists what there is.`,
      });
    reply.type('application/schema+json; charset=utf-8');
    return schema;
  }
}
