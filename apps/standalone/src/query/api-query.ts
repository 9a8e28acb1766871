import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { problemSchema } from '../http/problem-schema.js';

/** What all queries have in common: `Ledger-After`, and their failures. */
export function ApiQueries(id: string, summary: string, answer: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId: id, summary }),
    ApiHeader({
      name: 'Ledger-After',
      required: false,
      description: 'As the parameter `after`',
    }),
    ApiResponse({ status: 200, description: answer }),
    ApiResponse({
      status: 400,
      description: 'Unknown or wrong parameters, each named',
      standardSchema: problemSchema,
    }),
    ApiResponse({
      status: 503,
      description: 'Postgres is away; writing goes on',
      standardSchema: problemSchema,
    }),
    ApiResponse({
      status: 504,
      description: 'Not shown yet after 2 s',
      standardSchema: problemSchema,
    }),
  );
}
