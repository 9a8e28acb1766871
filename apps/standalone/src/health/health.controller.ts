import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type Readiness, ReadinessProbe } from './readiness.js';

@ApiTags('service')
@Controller('health')
export class HealthController {
  constructor(private readonly probe: ReadinessProbe) {}

  @Get('live')
  @ApiOperation({ operationId: 'live', summary: 'The process answers' })
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  @ApiOperation({ operationId: 'ready', summary: 'Writers, projector and Postgres work' })
  @ApiResponse({ status: 200, description: '`ready`, or `degraded` with the reasons' })
  @ApiResponse({ status: 503, description: '`unready` with the reasons' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.probe.look();
    if (readiness.status === 'unready') reply.status(503);
    return readiness;
  }
}
