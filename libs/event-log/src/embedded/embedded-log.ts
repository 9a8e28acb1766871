import { setImmediate as nextTurn } from 'node:timers/promises';
import { PARTITIONS } from '#libs/contracts';
import { assertContinues, assertHolds } from '../chain.js';
import {
  LogError,
  PlaceLostError,
  type EventLog,
  type From,
  type LogBatch,
  type LogWriter,
  type Place,
  type ReadOptions,
  type StoredEvent,
} from '../port.js';
import { Arrivals } from './arrivals.js';
import { EmbeddedWriter, type AppendFaults } from './embedded-writer.js';
import { accessFailure } from './lmdb-error.js';
import { LogStore } from './log-store.js';

const BATCH_EVENTS = 1_000;
/** A batch of large events ends early, so that following takes little memory whatever they are. */
const BATCH_BYTES = 4 * 1024 * 1024;
const IDLE_MS = 4_000;
const POLL_MS = 50;

export interface EmbeddedLogOptions {
  /** The directory of the log; made when it is not there, unless `readOnly`. */
  dir: string;
  /** Opens an existing log without writing to it; `openWriter` is refused. */
  readOnly?: boolean;
  /** How often followers look for what other processes appended (default 50 ms). */
  pollMs?: number;
  /** For tests. */
  faults?: AppendFaults;
}

/** The event log on LMDB, in one directory. Many processes may read it while one writes. */
export interface EmbeddedLog extends EventLog {
  /** The directory, with symbolic links resolved. */
  readonly dir: string;
}

/**
 * Opens the log of a directory. Appends are on disk (fsync) when they resolve, and block this
 * process' event loop for that long. Followers do not keep the process alive.
 * @throws LogError `unavailable` or `no-space`, saying what to do
 */
export function openEmbeddedLog(options: EmbeddedLogOptions): EmbeddedLog {
  return new LmdbLog(LogStore.acquire(options.dir, options.readOnly ?? false), options);
}

class LmdbLog implements EmbeddedLog {
  readonly partitions = PARTITIONS;
  readonly #arrivals: Arrivals;
  readonly #writers = new Set<EmbeddedWriter>();
  #closed = false;

  constructor(
    private readonly store: LogStore,
    private readonly options: EmbeddedLogOptions,
  ) {
    this.#arrivals = new Arrivals(store, options.pollMs ?? POLL_MS);
  }

  get dir(): string {
    return this.store.dir;
  }

  openWriter(partition: number): Promise<LogWriter> {
    return this.#answer(() => {
      if (this.options.readOnly)
        throw new LogError(
          'unavailable',
          `the event log in ${this.dir} was opened read-only`,
          false,
        );
      const writer = EmbeddedWriter.open(this.store, partition, this.options.faults ?? {});
      for (const earlier of this.#writers)
        if (earlier.partition === partition) this.#writers.delete(earlier);
      this.#writers.add(writer);
      return writer;
    });
  }

  async *read(partition: number, from: From, options: ReadOptions = {}): AsyncIterable<LogBatch> {
    const cursor = this.#start(partition, from);
    while (!options.signal?.aborted) {
      const batch = this.#advance(partition, cursor, options);
      yield batch;
      if (batch.atEnd) return;
      // Reading is synchronous: let the process do something else between batches.
      await nextTurn();
    }
  }

  async *follow(partition: number, from: From, options: ReadOptions = {}): AsyncIterable<LogBatch> {
    const { signal } = options;
    const cursor = this.#start(partition, from);
    while (!signal?.aborted) {
      const batch = this.#advance(partition, cursor, options);
      yield batch;
      if (batch.atEnd) await this.#wait(partition, cursor, signal);
      else await nextTurn();
    }
  }

  ends(): Promise<(Place | null)[]> {
    return this.#answer(() => {
      this.store.refresh();
      return Array.from({ length: PARTITIONS }, (_, partition) => {
        const { head } = this.store.meta(partition);
        return head && { offset: String(head.offset), hash: head.hash };
      });
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#arrivals.close();
    for (const writer of this.#writers) await writer.close();
    this.#writers.clear();
    this.store.release();
  }

  /** Checks the place (its own half) and gives the cursor to read on from. */
  #start(partition: number, from: From): Cursor {
    return this.#guard(() => {
      this.store.events(partition);
      if (from === 'beginning') return { after: -1, unchecked: undefined };
      if (!/^\d{1,15}$/.test(from.offset))
        throw new PlaceLostError(partition, from, 'this log has no such offsets');
      this.store.refresh();
      const after = Number(from.offset);
      assertHolds(partition, from, this.store.events(partition).getBinary(after));
      return { after, unchecked: from };
    });
  }

  #advance(partition: number, cursor: Cursor, options: ReadOptions): LogBatch {
    return this.#guard(() => {
      this.store.refresh();
      const readAt = Date.now();
      const end = this.store.meta(partition).head?.offset ?? -1;
      const events: StoredEvent[] = [];
      let bytes = 0;
      const range = { start: cursor.after + 1, limit: options.batchSize ?? BATCH_EVENTS };
      for (const { key, value } of this.store.events(partition).getRange(range)) {
        events.push({ partition, offset: String(key), bytes: value });
        cursor.after = key;
        bytes += value.byteLength;
        if (bytes >= BATCH_BYTES) break;
      }
      const first = events[0];
      if (first && cursor.unchecked) {
        assertContinues(partition, cursor.unchecked, first.bytes);
        cursor.unchecked = undefined;
      }
      if (!first && cursor.after < end)
        throw new LogError(
          'unavailable',
          `partition ${String(partition)} of ${this.dir} ends at ${String(cursor.after)}, its head says ${String(end)}: the log is damaged`,
          false,
        );
      return { events, atEnd: cursor.after >= end, readAt };
    });
  }

  async #wait(partition: number, cursor: Cursor, signal: AbortSignal | undefined): Promise<void> {
    try {
      this.#assertOpen();
      await this.#arrivals.next(partition, cursor.after, IDLE_MS, signal);
    } catch (error) {
      throw accessFailure(error, this.dir);
    }
  }

  #assertOpen(): void {
    if (this.#closed)
      throw new LogError('closed', `the event log in ${this.dir} was closed`, false);
  }

  /** Runs synchronous work on an open log and gives its failures the log's words. */
  #guard<T>(work: () => T): T {
    this.#assertOpen();
    try {
      return work();
    } catch (error) {
      if (error instanceof PlaceLostError || error instanceof RangeError) throw error;
      throw accessFailure(error, this.dir);
    }
  }

  #answer<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => {
      resolve(this.#guard(work));
    });
  }
}

interface Cursor {
  /** The last offset read. */
  after: number;
  /** The place to which the next event must chain, until that was checked. */
  unchecked: Place | undefined;
}
