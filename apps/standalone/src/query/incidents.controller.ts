import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  GetHistory,
  GetIncident,
  type IncidentAnswer,
  type IncidentHistory,
  type IncidentPage,
  ListIncidents,
  QUERY_SCHEMAS,
} from '#libs/read-models';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemSchema } from '../http/problem-schema.js';
import { ApiQueries } from './api-query.js';
import { queryOf, setCaching } from './query-parameters.js';

@ApiTags('queries')
@Controller('v1/incidents')
export class IncidentsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiQueries('listIncidents', 'Incidents that match', '`{ items, next, asOf, final }`')
  async list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query({ schema: QUERY_SCHEMAS.list }) raw: unknown,
  ): Promise<IncidentPage> {
    const query = queryOf(QUERY_SCHEMAS.list, raw, request);
    const page = await this.queries.execute(new ListIncidents(query));
    setCaching(reply, page.final);
    return page;
  }

  @Get(':id')
  @ApiQueries('getIncident', 'One incident with its claims, evidence and links', 'The incident')
  @ApiResponse({ status: 404, description: 'No such incident then', standardSchema: problemSchema })
  async item(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Query({ schema: QUERY_SCHEMAS.item }) raw: unknown,
  ): Promise<IncidentAnswer> {
    const query = queryOf(QUERY_SCHEMAS.item, raw, request);
    const incident = await this.queries.execute(new GetIncident(id, query));
    setCaching(reply, incident.final);
    reply.header('ETag', `"${String(incident.version)}"`);
    return incident;
  }

  @Get(':id/history')
  @ApiQueries('getHistory', 'Every change: when, who, why, which fields', 'The changes in order')
  @ApiResponse({ status: 404, description: 'No such incident', standardSchema: problemSchema })
  history(
    @Req() request: FastifyRequest,
    @Param('id') id: string,
    @Query({ schema: QUERY_SCHEMAS.history }) raw: unknown,
  ): Promise<IncidentHistory> {
    return this.queries.execute(new GetHistory(id, queryOf(QUERY_SCHEMAS.history, raw, request)));
  }
}
