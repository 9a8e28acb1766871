import { Controller, Get, Inject } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Config, Problem } from '#libs/platform';
import type { Projector } from '#libs/projections';
import { GetStatus, type ReadModelsStatus } from '#libs/read-models';
import type { Recorder } from '#libs/recording';
import { type Readiness, ReadinessProbe } from '../health/readiness.js';
import { CONFIG, PROJECTOR, RECORDER } from '../tokens.js';

export interface Status extends Readiness {
  ledgerId: string;
  home: string;
  writers: ReturnType<Recorder['health']>;
  projections: ReturnType<Projector['health']>;
  /** Null while Postgres is away. */
  readModels: ReadModelsStatus | null;
}

/** How everything stands: what `ledger status` shows. */
@ApiTags('service')
@Controller('v1/status')
export class StatusController {
  constructor(
    private readonly queries: QueryBus,
    private readonly probe: ReadinessProbe,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(RECORDER) private readonly recorder: Recorder,
    @Inject(PROJECTOR) private readonly projector: Projector,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'status', summary: 'Log, projections, imports and sources' })
  async status(): Promise<Status> {
    const [readiness, readModels] = await Promise.all([this.probe.look(), this.readModels()]);
    return {
      ...readiness,
      ledgerId: this.recorder.ledgerId,
      home: this.config.home,
      writers: this.recorder.health(),
      projections: this.projector.health(),
      readModels,
    };
  }

  private async readModels(): Promise<ReadModelsStatus | null> {
    try {
      return await this.queries.execute(new GetStatus());
    } catch (error) {
      if (error instanceof Problem && error.retryable) return null;
      throw error;
    }
  }
}
