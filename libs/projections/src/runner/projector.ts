import type { EventLog } from '#libs/event-log';
import { isTransient as isTransientByDefault } from '#libs/platform';
import type { Pool } from 'pg';
import {
  type BatchReport,
  type PartitionHealth,
  PartitionProjector,
  type ProjectorLogger,
} from './partition-projector.js';
import { Slots } from './slots.js';

export interface ProjectorOptions {
  log: EventLog;
  /** Up to `concurrency` of its connections are used at a time. */
  pool: Pool;
  /** Name of the generation, which is also its schema; `ensureGeneration` made it. */
  generation: string;
  logger: ProjectorLogger;
  /** Which errors are waited out instead of parking events (default: platform's). */
  isTransient?: (error: unknown) => boolean;
  /** All by default. */
  partitions?: readonly number[];
  /** Partitions that are in a transaction at the same time (default 3). */
  concurrency?: number;
  /** Events per transaction, at most (default 500); a command's events are never parted. */
  batchSize?: number;
  /** For metrics: called after each batch. */
  onBatch?: (report: BatchReport) => void;
}

export type AdvanceListener = (partition: number, offset: string) => void;

export interface Projector {
  health(): PartitionHealth[];
  /**
   * Calls the listener whenever a partition's checkpoint was seen to have moved, after the commit.
   * Gives a function that takes it off again.
   */
  onAdvance(listener: AdvanceListener): () => void;
  /** Ends after the transactions under way. */
  stop(): Promise<void>;
}

/** Starts projecting the partitions; waits out whatever is transient and never throws. */
export function startProjector(options: ProjectorOptions): Projector {
  const { log, pool, generation, logger, concurrency = 3, batchSize = 500 } = options;
  const { isTransient = isTransientByDefault } = options;
  const listeners = new Set<AdvanceListener>();
  const slots = new Slots(concurrency);
  const partitions = options.partitions ?? Array.from({ length: log.partitions }, (_, i) => i);
  const projectors = partitions.map(
    (partition) =>
      new PartitionProjector({
        log,
        pool,
        generation,
        partition,
        slots,
        batchSize,
        logger,
        isTransient,
        onBatch: (report) => options.onBatch?.(report),
        onAdvance: (at, offset) => {
          for (const listener of listeners) listener(at, offset);
        },
      }),
  );
  const runs = Promise.all(projectors.map((p) => p.run()));
  return {
    health: () => projectors.map((p) => p.health()),
    onAdvance(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      for (const projector of projectors) projector.stop();
      await runs;
    },
  };
}
