import { setTimeout as delay } from 'node:timers/promises';
import { type EventLog, type From, PlaceLostError } from '#libs/event-log';
import type { Pool } from 'pg';
import { groupByCommand, type PlacedEvent, placeEvent, sameCommand } from '../batch.js';
import { type ParkedStreams, readParked } from '../dead-letter/dead-letters.js';
import { inTransaction } from '../pg/transaction.js';
import { applyBatch, ProjectionError } from './apply-batch.js';
import { CheckpointLostError, moveCheckpoint, readCheckpoint } from './checkpoint.js';
import { Inbox } from './inbox.js';
import type { Slots } from './slots.js';

/** The parts of a pino logger that are used here. */
export interface ProjectorLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type PartitionState = 'starting' | 'running' | 'waiting' | 'failed' | 'stopped';

export interface PartitionHealth {
  partition: number;
  /** `waiting`: the database is away and is waited for; `failed`: it goes on only after a restart. */
  state: PartitionState;
  /** Of the last event projected; null: none. */
  offset: string | null;
  /** True while events are known to lie behind the last one projected. */
  lagging: boolean;
  /** Streams parked in `dead_letter`. */
  parkedStreams: number;
  error?: string;
}

export interface BatchReport {
  partition: number;
  events: number;
  milliseconds: number;
}

export interface PartitionOptions {
  log: EventLog;
  pool: Pool;
  generation: string;
  partition: number;
  slots: Slots;
  batchSize: number;
  logger: ProjectorLogger;
  isTransient: (error: unknown) => boolean;
  onBatch: (report: BatchReport) => void;
  onAdvance: (partition: number, offset: string) => void;
}

const IDLE_MARK_MS = 5_000;
/** The least time between two transactions of a partition whose inbox is not filling. */
const GATHER_MS = 20;
const FIRST_BACKOFF_MS = 20;
const MAX_BACKOFF_MS = 2_000;

/** Brings one partition of the log into the read models, and keeps following it. */
export class PartitionProjector {
  private state: PartitionState = 'starting';
  private error: string | undefined;
  private at: From = 'beginning';
  private lagging = true;
  private parked: ParkedStreams = new Map();
  /** Decoded, but not known to be a whole command yet. */
  private begun: PlacedEvent[] = [];
  private markedAt = 0;
  private committedAt = -Infinity;
  private readonly stopping = new AbortController();

  constructor(private readonly options: PartitionOptions) {}

  health(): PartitionHealth {
    return {
      partition: this.options.partition,
      state: this.state,
      offset: this.at === 'beginning' ? null : this.at.offset,
      lagging: this.lagging,
      parkedStreams: this.parked.size,
      ...(this.error !== undefined && { error: this.error }),
    };
  }

  stop(): void {
    this.stopping.abort();
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Runs until it is stopped or has failed for good; never rejects. */
  async run(): Promise<void> {
    let backoff = FIRST_BACKOFF_MS;
    while (!this.isStopping()) {
      const before = this.at;
      try {
        await this.followOnce();
      } catch (error) {
        if (this.isStopping()) break;
        if (this.at !== before) backoff = FIRST_BACKOFF_MS;
        if (!this.mayRetry(error)) {
          this.fail(error);
          return;
        }
        if (error instanceof CheckpointLostError) continue;
        this.waitFor(error);
        await pause(backoff, this.stopping.signal);
        backoff = Math.min(backoff * 2, MAX_BACKOFF_MS);
      }
    }
    this.state = 'stopped';
  }

  /** Follows from the checkpoint until something goes wrong or `stop`. */
  private async followOnce(): Promise<void> {
    const { pool, slots, log, partition, batchSize } = this.options;
    await slots.run(() => inTransaction(pool, (client) => this.restore(client)));
    const reading = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, reading.signal]);
    const inbox = new Inbox(batchSize);
    const read = async () => {
      try {
        for await (const batch of log.follow(partition, this.at, { signal, batchSize }))
          await inbox.put(batch);
        inbox.close();
      } catch (error) {
        inbox.close(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const reader = read();
    try {
      while ((await inbox.wait()) && !this.isStopping()) {
        await this.gather(inbox);
        await slots.run(() => this.projectNext(inbox));
      }
    } finally {
      reading.abort();
      inbox.close();
      await reader;
    }
  }

  /**
   * The first events after a quiet while are projected at once. Under load a transaction for every
   * one or two events would cost their writers more than it gains their readers: what follows
   * closely gathers for a moment.
   */
  private async gather(inbox: Inbox): Promise<void> {
    const left = this.committedAt + GATHER_MS - performance.now();
    if (left > 0 && !inbox.isHalfFull()) await pause(left, this.stopping.signal);
  }

  private async restore(client: Parameters<typeof readCheckpoint>[0]): Promise<void> {
    const { generation, partition, onAdvance } = this.options;
    const at = await readCheckpoint(client, { generation, partition });
    this.parked = await readParked(client, generation, partition);
    this.begun = [];
    this.markedAt = 0;
    this.at = at;
    if (at !== 'beginning') onAdvance(partition, at.offset);
  }

  private async projectNext(inbox: Inbox): Promise<void> {
    const { events, endedAt } = inbox.take();
    const placed = [...this.begun, ...events.map(placeEvent)];
    this.begun = endedAt === undefined ? takeLastCommand(placed) : [];
    const last = placed.at(-1);
    if (!last) {
      if (endedAt !== undefined) await this.markIdle(endedAt);
      return;
    }
    const started = performance.now();
    await this.commit(placed, { offset: last.offset, hash: last.event.hash }, endedAt);
    const { onBatch, onAdvance, partition } = this.options;
    this.committedAt = performance.now();
    this.running(endedAt);
    onBatch({ partition, events: placed.length, milliseconds: performance.now() - started });
    onAdvance(partition, last.offset);
  }

  /** Projects the events and moves the checkpoint behind them, in one transaction. */
  private async commit(
    events: PlacedEvent[],
    to: From,
    endedAt: number | undefined,
  ): Promise<void> {
    const { pool, generation, partition, isTransient, logger } = this.options;
    const commands = groupByCommand(events);
    const attempt = async (careful: boolean) => {
      const parked: ParkedStreams = new Map(this.parked);
      await inTransaction(pool, async (client) => {
        await moveCheckpoint(client, { generation, partition }, this.at, to, endedAt);
        await applyBatch(commands, { client, schema: generation, parked, isTransient, careful });
      });
      this.parked = parked;
    };
    try {
      await attempt(false);
    } catch (error) {
      if (!(error instanceof ProjectionError) || isTransient(error)) throw error;
      logger.error(
        { partition, err: error },
        'Events cannot be projected: the streams that they belong to are parked in dead_letter',
      );
      await attempt(true);
    }
    this.at = to;
  }

  /** At an idle end says since when there was nothing new, at most every few seconds. */
  private async markIdle(endedAt: number): Promise<void> {
    const { pool, generation, partition } = this.options;
    if (this.lagging || endedAt - this.markedAt >= IDLE_MARK_MS) {
      await inTransaction(pool, (client) =>
        moveCheckpoint(client, { generation, partition }, this.at, this.at, endedAt),
      );
    }
    this.running(endedAt);
  }

  private running(endedAt: number | undefined): void {
    this.state = 'running';
    this.error = undefined;
    this.lagging = endedAt === undefined;
    if (endedAt !== undefined) this.markedAt = endedAt;
  }

  private mayRetry(error: unknown): boolean {
    if (error instanceof CheckpointLostError || this.options.isTransient(error)) return true;
    return error instanceof Error && 'retryable' in error && error.retryable === true;
  }

  private waitFor(error: unknown): void {
    const { logger, partition } = this.options;
    if (this.state !== 'waiting') {
      logger.warn({ partition, err: error }, 'Projecting waits: the database or the log is away');
    }
    this.state = 'waiting';
    this.error = messageOf(error);
  }

  private fail(error: unknown): void {
    const { logger, partition, generation } = this.options;
    this.state = 'failed';
    this.error =
      error instanceof PlaceLostError
        ? `The read models belong to another log: ${error.message}. Queries go on with what they ` +
          `hold. To rebuild them from this log, stop, drop the schemas ${generation}, live and ` +
          'ledger (or delete the embedded Postgres), and start again'
        : messageOf(error);
    logger.error({ partition, err: error }, `Projecting partition ${String(partition)} stopped`);
  }
}

/** Takes off the events of the last command, of which more may follow. */
function takeLastCommand(placed: PlacedEvent[]): PlacedEvent[] {
  const last = placed.at(-1);
  if (!last) return [];
  let from = placed.length - 1;
  for (; from > 0; from--) {
    const before = placed[from - 1];
    if (!before || !sameCommand(before.event, last.event)) break;
  }
  return placed.splice(from);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
