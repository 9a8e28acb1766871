import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { problemSchema } from '../http/problem-schema.js';

const receiptSchema = z
  .object({
    incidentId: z.uuid(),
    version: z.int().meta({ description: "The incident's version after the command" }),
    position: z
      .string()
      .meta({ description: 'Where the last event stands, for `?after=`', examples: ['3:1042'] }),
    events: z.array(z.object({ id: z.uuid(), type: z.string(), version: z.int() })),
    replayed: z.boolean().meta({ description: 'The key was seen before: nothing new was written' }),
  })
  .meta({ id: 'Receipt' });

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'Malformed or not valid; every wrong field is named',
  404: 'No such incident, claim or link',
  409: 'Rejected by a rule; `code` says which',
  412: 'If-Match differs; `version` is the current one',
  413: 'Too large',
  415: 'Not JSON',
  422: 'The same Idempotency-Key with another body',
  429: 'Too many commands are waiting',
  503: 'In doubt: send it again with the same key',
};

const responseHeaders = {
  'Idempotency-Key': { schema: { type: 'string' }, description: 'As given, or made' },
  ETag: { schema: { type: 'string' }, description: 'The version, in quotes' },
  Location: { schema: { type: 'string' } },
} as const;

/** What all commands over REST have in common: their headers and answers. */
export function ApiCommand(
  name: string,
  summary: string,
  status: 200 | 201 = 200,
): MethodDecorator {
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ operationId: name, summary }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Any text of 1 to 200 characters, scoped to caller and incident: sent again, it gives the ' +
        'first receipt and writes nothing. Made when absent.',
    }),
    ...(status === 201
      ? []
      : [
          ApiHeader({
            name: 'If-Match',
            required: false,
            description: 'The version that you saw, in quotes: "3"',
          }),
        ]),
    ApiHeader({
      name: 'Ledger-Actor',
      required: false,
      description: 'Who does it (1 to 200 characters); `local` when absent',
    }),
    ApiResponse({
      status,
      description: 'Written, or written before under the same key',
      standardSchema: receiptSchema,
      headers: responseHeaders,
    }),
    ...Object.entries(PROBLEMS).map(([code, description]) =>
      ApiResponse({ status: Number(code), description, standardSchema: problemSchema }),
    ),
  );
}
