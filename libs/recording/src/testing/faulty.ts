import type {
  EventLog,
  From,
  LogBatch,
  LogRecord,
  LogWriter,
  Place,
  ReadOptions,
} from '#libs/event-log';
import type { StateStore, StoreCommit } from '../state-store.js';

/**
 * What may go wrong at the port: before anything is done; after it was done; silence, with or
 * without the deed; and a deed that is done when nobody waits for it any more, shortly before the
 * next writer comes (`late-done`) or before its first append (`late`).
 */
export const FAULTS = ['before', 'after', 'hang', 'hang-done', 'late', 'late-done'] as const;
export type Fault = (typeof FAULTS)[number] | 'none';

/** Hands out the faults of a schedule, in turn; `none` when it is exhausted. */
export class Schedule {
  #next = 0;
  constructor(private readonly faults: readonly Fault[]) {}

  take(): Fault {
    return this.faults[this.#next++] ?? 'none';
  }
}

const injected = (what: string): Error => new Error(`injected: ${what}`);
const silence = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Whether the process that uses a log and its stores still lives; the dead do nothing more. */
export interface Life {
  alive: boolean;
}

export interface LogFaults {
  appends: Schedule;
  openings: Schedule;
  readings: Schedule;
}

/** How many events of each stream are on disk: nothing beyond may be told to anyone. */
export type Durable = Map<string, number>;

/** An event log whose appends, openings and readings fail by schedule. */
export class FaultyLog implements EventLog {
  #beforeNext: (() => Promise<unknown>)[] = [];
  #afterNext: (() => Promise<unknown>)[] = [];

  constructor(
    private readonly log: EventLog,
    private readonly faults: LogFaults,
    private readonly life: Life,
    private readonly durable: Durable,
  ) {}

  get partitions(): number {
    return this.log.partitions;
  }

  async openWriter(partition: number): Promise<LogWriter> {
    if (!this.life.alive) throw injected('dead');
    const fault = this.faults.openings.take();
    if (fault === 'before') throw injected('openWriter, not taken');
    if (fault === 'hang') return silence();
    if (fault === 'late' || fault === 'late-done') {
      this.#afterNext.push(() => this.log.openWriter(partition));
      return silence();
    }
    for (const deed of this.#beforeNext.splice(0)) await deed();
    const writer = await this.log.openWriter(partition);
    if (fault === 'after') throw injected('openWriter, taken');
    if (fault === 'hang-done') return silence();
    return {
      partition,
      get head(): Place | null {
        return writer.head;
      },
      append: (batch) => this.#append(writer, batch),
      // What is under way stays under way: only fencing stops it.
      close: () => Promise.resolve(),
    };
  }

  async #append(writer: LogWriter, batch: readonly LogRecord[]): Promise<string[]> {
    if (!this.life.alive) throw injected('dead');
    // What is on its way still, now that this writer is open and has read the log: fenced by it, or
    // (an opening) fencing it.
    for (const deed of this.#afterNext.splice(0)) await deed();
    const done = async (): Promise<string[]> => {
      const offsets = await writer.append(batch);
      for (const { key } of batch) this.durable.set(key, (this.durable.get(key) ?? 0) + 1);
      return offsets;
    };
    switch (this.faults.appends.take()) {
      case 'before':
        throw injected('append, nothing written');
      case 'after':
        await done();
        throw injected('append, written');
      case 'hang':
        return silence();
      case 'hang-done':
        await done();
        return silence();
      case 'late':
        this.#afterNext.push(() => done().catch(() => undefined));
        return silence();
      case 'late-done':
        this.#beforeNext.push(() => done().catch(() => undefined));
        return silence();
      case 'none':
        return done();
    }
  }

  /** In small batches, so that they cut commands in two; may fail at once or after the first. */
  async *read(partition: number, from: From, options?: ReadOptions): AsyncIterable<LogBatch> {
    const fault = this.faults.readings.take();
    if (fault === 'before' || fault === 'hang') throw injected('read');
    for await (const batch of this.log.read(partition, from, { ...options, batchSize: 2 })) {
      yield batch;
      if (fault !== 'none') throw injected('read, midway');
    }
  }

  follow(partition: number, from: From, options?: ReadOptions): AsyncIterable<LogBatch> {
    return this.log.follow(partition, from, options);
  }

  ends(): Promise<(Place | null)[]> {
    return this.log.ends();
  }

  close(): Promise<void> {
    return this.log.close();
  }
}

export interface StoreFaults {
  commits: Schedule;
  reads: Schedule;
}

/**
 * A state store whose commits fail by schedule, before or after they took effect, or which loses all
 * that it holds just before a commit (`late`) or after it (`late-done`); and whose reads fail.
 */
export function faultyStore(store: StateStore, faults: StoreFaults, life: Life): StateStore {
  const read = <T>(work: () => T): T => {
    if (!life.alive || faults.reads.take() !== 'none') throw injected('read of the store');
    return work();
  };
  return {
    stream: (id) => read(() => store.stream(id)),
    receipt: (key) => read(() => store.receipt(key)),
    place: () => store.place(),
    listed: (dataset, scope) => store.listed(dataset, scope),
    clear: () => {
      store.clear();
    },
    commit: (change: StoreCommit) => {
      if (!life.alive) throw injected('dead');
      const fault = faults.commits.take();
      if (fault === 'before' || fault === 'hang') throw injected('commit, nothing written');
      if (fault === 'late') store.clear();
      store.commit(change);
      if (fault === 'after' || fault === 'hang-done') throw injected('commit, written');
      if (fault === 'late-done') store.clear();
    },
  };
}
