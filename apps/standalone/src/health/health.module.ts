import { Module } from '@nestjs/common';
import type { Database } from '#libs/platform';
import type { Projector } from '#libs/projections';
import type { Recorder } from '#libs/recording';
import { DATABASE, PROJECTOR, RECORDER } from '../tokens.js';
import { HealthController } from './health.controller.js';
import { ReadinessProbe } from './readiness.js';

@Module({
  controllers: [HealthController],
  providers: [
    {
      provide: ReadinessProbe,
      inject: [RECORDER, PROJECTOR, DATABASE],
      useFactory: (recorder: Recorder, projector: Projector, database: Database) =>
        new ReadinessProbe(recorder, projector, database.pool),
    },
  ],
  exports: [ReadinessProbe],
})
export class HealthModule {}
