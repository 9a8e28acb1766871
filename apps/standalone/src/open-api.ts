import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

const DESCRIPTION = `What happened, who says so, and what was known when.

Commands record; every answer carries the \`position\` of what was written. Queries show it as soon as
the projection is there: give the position as \`?after=\` (or the header \`Ledger-After\`) to wait for it.
Errors are \`application/problem+json\` with a stable \`code\` and every wrong field at once.`;

/** Swagger would write zod's 3.0 forms into a 3.1 document; JSON Schema 2020-12 is what 3.1 means. */
function jsonSchema(
  schema: z.ZodType,
  io: 'input' | 'output',
): { schema: unknown; components?: Record<string, unknown> } {
  const {
    $schema: _,
    $defs: components,
    ...rest
  } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
  return { schema: rest, ...(components && { components }) };
}

/** The OpenAPI 3.1 document of every route. */
export function openApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Conflict Ledger')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addTag('commands', 'Record what happened and who says so')
    .addTag('queries', 'Ask what happened, what changed, what was known when')
    .addTag('feed', 'The events themselves')
    .addTag('imports', 'Editions of datasets')
    .addTag('reference', 'Codes and schemas')
    .addTag('service', 'Health and status')
    .build();
  return SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: (schema, { schemaType }) =>
      schema instanceof z.ZodType ? jsonSchema(schema, schemaType) : undefined,
  });
}

/** `/openapi.json` and the page `/docs`, made when they are first asked for. */
export function setUpOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => openApi(app), {
    jsonDocumentUrl: 'openapi.json',
    ui: true,
    raw: ['json'],
    customSiteTitle: 'Conflict Ledger',
  });
}
