import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { httpLogger, type Config, type Logger } from '#libs/platform';
import { LoggerModule } from 'nestjs-pino';
import { HealthModule } from './health/health.module.js';
import { MetricsController } from './metrics/metrics.controller.js';
import type { OpenLedger } from './open-ledger.js';
import { ProjectorModule } from './projector/projector.module.js';
import { QueryModule } from './query/query.module.js';
import { RecorderModule } from './recorder/recorder.module.js';
import {
  CONFIG,
  DATABASE,
  EVENT_LOG,
  LOGGER,
  METRICS,
  POOL,
  PROJECTOR,
  RECORDER,
} from './tokens.js';

/** The opened ledger, for every module to inject. */
@Global()
@Module({})
class LedgerModule {
  static of(config: Config, logger: Logger, ledger: OpenLedger): DynamicModule {
    const values = new Map<symbol, unknown>([
      [CONFIG, config],
      [LOGGER, logger],
      [EVENT_LOG, ledger.log],
      [RECORDER, ledger.recorder],
      [DATABASE, ledger.database],
      [POOL, ledger.database.pool],
      [PROJECTOR, ledger.projector],
      [METRICS, ledger.metrics],
    ]);
    return {
      module: LedgerModule,
      providers: [...values].map(([provide, useValue]) => ({ provide, useValue })),
      exports: [...values.keys()],
    };
  }
}

/** What clears up by itself (503, 504) is the caller's to send again, not ours to mend. */
function levelOf(
  _request: IncomingMessage,
  { statusCode }: ServerResponse,
): 'debug' | 'info' | 'error' {
  if (statusCode < 400) return 'debug';
  return statusCode < 500 || statusCode === 503 || statusCode === 504 ? 'info' : 'error';
}

/** Every role in one process. */
@Module({})
export class AppModule {
  static of(config: Config, logger: Logger, ledger: OpenLedger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LedgerModule.of(config, logger, ledger),
        LoggerModule.forRoot({
          pinoHttp: { ...httpLogger(config.log), logger, customLogLevel: levelOf },
          forRoutes: ['*splat'],
        }),
        RecorderModule,
        ProjectorModule,
        QueryModule,
        HealthModule,
      ],
      controllers: [MetricsController],
    };
  }
}
