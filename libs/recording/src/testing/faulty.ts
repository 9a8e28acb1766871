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
 * What may go wrong at the port: before anything is written; after it was written; silence, with
 * or without the write; and a write that happens when nobody waits for it any more.
 */
export const FAULTS = ['before', 'after', 'hang', 'hang-written', 'late'] as const;
export type Fault = (typeof FAULTS)[number] | 'none';

/** Hands out the faults of a schedule, in turn; `none` when it is exhausted. */
export class Schedule {
  #next = 0;
  injected = 0;
  constructor(private readonly faults: readonly Fault[]) {}

  take(): Fault {
    const fault = this.faults[this.#next++] ?? 'none';
    if (fault !== 'none') this.injected += 1;
    return fault;
  }
}

const injected = (what: string): Error => new Error(`injected: ${what}`);
const silence = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Whether the process that uses a log and its stores still lives; the dead do nothing more. */
export interface Life {
  alive: boolean;
}

/** An event log whose appends, openings and readings fail by schedule. */
export class FaultyLog implements EventLog {
  readonly #late: (() => Promise<unknown>)[] = [];

  constructor(
    private readonly log: EventLog,
    private readonly appends: Schedule,
    private readonly openings: Schedule,
    private readonly readings: Schedule,
    private readonly life: Life,
  ) {}

  get partitions(): number {
    return this.log.partitions;
  }

  async openWriter(partition: number): Promise<LogWriter> {
    if (!this.life.alive) throw injected('dead');
    if (this.openings.take() !== 'none') throw injected('openWriter');
    const writer = await this.log.openWriter(partition);
    // What was still on its way when this writer came: fenced by it.
    for (const append of this.#late.splice(0)) await append();
    return {
      partition,
      get head(): Place | null {
        return writer.head;
      },
      append: (batch) => this.#append(writer, batch),
      close: () => writer.close(),
    };
  }

  async #append(writer: LogWriter, batch: readonly LogRecord[]): Promise<string[]> {
    if (!this.life.alive) throw injected('dead');
    switch (this.appends.take()) {
      case 'before':
        throw injected('append, nothing written');
      case 'after':
        await writer.append(batch);
        throw injected('append, written');
      case 'hang':
        return silence();
      case 'hang-written':
        await writer.append(batch);
        return silence();
      case 'late':
        this.#late.push(() => writer.append(batch).catch(() => undefined));
        return silence();
      case 'none':
        return writer.append(batch);
    }
  }

  async *read(partition: number, from: From, options?: ReadOptions): AsyncIterable<LogBatch> {
    if (this.readings.take() !== 'none') throw injected('read');
    yield* this.log.read(partition, from, options);
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

/** A state store whose commits fail by schedule, before or after they took effect. */
export function faultyStore(store: StateStore, commits: Schedule, life: Life): StateStore {
  return {
    stream: (id) => store.stream(id),
    receipt: (key) => store.receipt(key),
    place: () => store.place(),
    listed: (dataset, scope) => store.listed(dataset, scope),
    clear: () => {
      store.clear();
    },
    commit: (change: StoreCommit) => {
      if (!life.alive) throw injected('dead');
      const fault = commits.take();
      if (fault === 'none') store.commit(change);
      else if (fault === 'after' || fault === 'hang-written') {
        store.commit(change);
        throw injected('commit, written');
      } else throw injected('commit, nothing written');
    },
  };
}
