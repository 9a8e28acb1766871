import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  GetImport,
  GetInForce,
  GetStats,
  type ImportReport,
  type InForce,
  QUERY_SCHEMAS,
  type Stats,
} from '#libs/read-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemSchema } from '../http/problem-schema.js';
import { ApiQueries } from './api-query.js';
import { queryOf, setCaching } from './query-parameters.js';

@Controller('v1')
export class AggregatesController {
  constructor(private readonly queries: QueryBus) {}

  @Get('stats')
  @ApiTags('queries')
  @ApiQueries('getStats', 'Counts and casualty sums, by up to two groups', '`{ groups, total }`')
  async stats(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query({ schema: QUERY_SCHEMAS.stats }) raw: unknown,
  ): Promise<Stats> {
    const stats = await this.queries.execute(
      new GetStats(queryOf(QUERY_SCHEMAS.stats, raw, request)),
    );
    setCaching(reply, stats.final);
    return stats;
  }

  @Get('in-force')
  @ApiTags('queries')
  @ApiQueries(
    'getInForce',
    'Alerts, blackouts and displacement in force at an instant',
    '`{ at, inForce, byRegion, countryWide, endUnknown }`',
  )
  async inForce(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query({ schema: QUERY_SCHEMAS.inForce }) raw: unknown,
  ): Promise<InForce> {
    const inForce = await this.queries.execute(
      new GetInForce(queryOf(QUERY_SCHEMAS.inForce, raw, request)),
    );
    setCaching(reply, inForce.final);
    return inForce;
  }

  @Get('imports/:importId')
  @ApiTags('imports')
  @ApiQueries(
    'getImport',
    'One import: its counts, rejected rows and what it changed',
    'The import',
  )
  @ApiResponse({ status: 404, description: 'No such import', standardSchema: problemSchema })
  importRun(
    @Req() request: FastifyRequest,
    @Param('importId') importId: string,
    @Query({ schema: QUERY_SCHEMAS.history }) raw: unknown,
  ): Promise<ImportReport> {
    return this.queries.execute(
      new GetImport(importId, queryOf(QUERY_SCHEMAS.history, raw, request)),
    );
  }
}
