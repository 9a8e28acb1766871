import path from 'node:path';
import { type EventLog, type HomeLock, lockHome, openEmbeddedLog } from '#libs/event-log';
import {
  type Config,
  createMetrics,
  type Database,
  isTransient,
  type Logger,
  openDatabase,
  type Registry,
} from '#libs/platform';
import { ensureGeneration, GENERATION, type Projector, startProjector } from '#libs/projections';
import { runMigrations } from '#libs/read-models';
import { openRecorder, type Recorder } from '#libs/recording';
import { BatchMetrics } from './metrics/batch-metrics.js';

/** Everything of a ledger that outlives a request, opened in order and closed in reverse. */
export interface OpenLedger {
  log: EventLog;
  recorder: Recorder;
  database: Database;
  projector: Projector;
  metrics: Registry;
  close(): Promise<void>;
}

type Closing = () => Promise<unknown>;

/**
 * Opens a ledger's home: lock, event log, writers; beside them Postgres, its read models and their
 * projector. What was opened is closed again when a later step fails.
 * @throws what a step throws: LogError, PostgresError, GenerationError; each says what to do
 */
export async function openLedger(config: Config, logger: Logger): Promise<OpenLedger> {
  const closings: Closing[] = [];
  const close = async (): Promise<void> => {
    for (const closing of closings.splice(0).reverse()) await closing();
  };
  try {
    return { ...(await open(config, logger, closings)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  config: Config,
  logger: Logger,
  closings: Closing[],
): Promise<Omit<OpenLedger, 'close'>> {
  const metrics = createMetrics({ role: 'standalone' });
  const batches = new BatchMetrics(metrics);
  const lock: HomeLock = await lockHome(config.home);
  closings.push(() => lock.close());
  // Postgres takes longest to start: the log and the writers open meanwhile.
  const [opened, stored] = await Promise.allSettled([
    openWriteSide(config, logger, batches, closings),
    openReadSide(config, logger, closings),
  ]);
  if (opened.status === 'rejected') throw opened.reason;
  if (stored.status === 'rejected') throw stored.reason;
  const { log, recorder } = opened.value;
  const database = stored.value;
  const projector = startProjector({
    log,
    pool: database.pool,
    generation: GENERATION,
    logger,
    isTransient,
    onBatch: (report) => {
      batches.projected(report);
    },
  });
  closings.push(() => projector.stop());
  return { log, recorder, database, projector, metrics };
}

async function openWriteSide(
  config: Config,
  logger: Logger,
  batches: BatchMetrics,
  closings: Closing[],
): Promise<{ log: EventLog; recorder: Recorder }> {
  const log = openEmbeddedLog({ dir: path.join(config.home, 'log') });
  closings.push(() => log.close());
  const recorder = await openRecorder({
    log,
    dir: path.join(config.home, 'state'),
    logger: {
      warn: (message) => {
        logger.warn(message);
      },
      error: (message, error) => {
        logger.error({ err: error }, message);
      },
    },
    onBatch: (batch) => {
      batches.recorded(batch);
    },
  });
  closings.push(() => recorder.close());
  return { log, recorder };
}

async function openReadSide(
  config: Config,
  logger: Logger,
  closings: Closing[],
): Promise<Database> {
  let closing = false;
  const database = await openDatabase(config, {
    onLog: (message) => {
      if (!closing) logger.info(message);
    },
  });
  closings.push(() => {
    closing = true;
    return database.close();
  });
  await runMigrations(database.url);
  await ensureGeneration(database.pool, { logger });
  return database;
}
