import { type DynamicModule, type InjectionToken, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Pool } from 'pg';
import { PositionWaiter } from '../positions.js';
import { GetFeedHandler } from './get-feed.query.js';
import { GetHistoryHandler } from './get-history.query.js';
import { GetImportHandler } from './get-import.query.js';
import { GetIncidentHandler } from './get-incident.query.js';
import { GetInForceHandler } from './get-in-force.query.js';
import { GetStatsHandler } from './get-stats.query.js';
import { GetStatusHandler } from './get-status.query.js';
import { ListIncidentsHandler } from './list-incidents.query.js';
import { ReadModels } from './reader.js';

const HANDLERS = [
  ListIncidentsHandler,
  GetIncidentHandler,
  GetHistoryHandler,
  GetStatsHandler,
  GetInForceHandler,
  GetImportHandler,
  GetFeedHandler,
  GetStatusHandler,
];

/**
 * The query handlers on a pool that another module provides. A projector in the same process tells
 * the exported `PositionWaiter` (`notify`) what it committed, so that `after` wakes at once.
 */
@Module({})
export class ReadModelsModule {
  /** `pool`: the token of the `pg.Pool`, which `imports` export or a global module does. */
  static register(options: {
    pool: InjectionToken;
    imports?: DynamicModule['imports'];
  }): DynamicModule {
    return {
      module: ReadModelsModule,
      imports: [CqrsModule, ...(options.imports ?? [])],
      providers: [
        {
          provide: PositionWaiter,
          inject: [options.pool],
          useFactory: (pool: Pool) => new PositionWaiter(pool),
        },
        {
          provide: ReadModels,
          inject: [options.pool, PositionWaiter],
          useFactory: (pool: Pool, positions: PositionWaiter) => new ReadModels(pool, positions),
        },
        ...HANDLERS,
      ],
      exports: [PositionWaiter, ReadModels],
    };
  }
}
