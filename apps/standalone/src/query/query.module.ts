import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { HealthModule } from '../health/health.module.js';
import { AggregatesController } from './aggregates.controller.js';
import { FeedController } from './feed.controller.js';
import { IncidentsController } from './incidents.controller.js';
import { readModels } from './read-models.js';
import { ReferenceController } from './reference.controller.js';
import { StatusController } from './status.controller.js';

/** The read side: questions come in, answers from the read models go out. */
@Module({
  imports: [CqrsModule, HealthModule, readModels],
  controllers: [
    IncidentsController,
    AggregatesController,
    FeedController,
    ReferenceController,
    StatusController,
  ],
})
export class QueryModule {}
