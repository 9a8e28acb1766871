import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { type Logger, observe, type Registry } from '#libs/platform';
import type { Projector } from '#libs/projections';
import { PositionWaiter } from '#libs/read-models';
import { readModels } from '../query/read-models.js';
import { LOGGER, METRICS, PROJECTOR } from '../tokens.js';

/** The projector runs beside the requests; here it is watched, and wakes the queries that wait. */
@Module({ imports: [readModels] })
export class ProjectorModule implements OnModuleInit {
  constructor(
    @Inject(PROJECTOR) private readonly projector: Projector,
    @Inject(METRICS) private readonly metrics: Registry,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly waiter: PositionWaiter,
  ) {}

  onModuleInit(): void {
    this.projector.onAdvance((partition, offset) => {
      this.waiter.notify(partition, offset);
    });
    const gauge = (name: string, help: string, read: () => number): void => {
      observe(this.metrics, name, help, read, (error) => {
        this.logger.warn({ err: error }, `the metric ${name} cannot be read`);
      });
    };
    const health = () => this.projector.health();
    gauge(
      'ledger_projection_partitions_lagging',
      'Partitions with events that the read models do not show yet',
      () => health().filter((p) => p.lagging).length,
    );
    gauge(
      'ledger_projection_partitions_failed',
      'Partitions whose projection goes on only after a restart',
      () => health().filter((p) => p.state === 'failed').length,
    );
    gauge('ledger_dead_letter_streams', 'Incidents that are parked in dead_letter', () =>
      health().reduce((sum, p) => sum + p.parkedStreams, 0),
    );
  }
}
