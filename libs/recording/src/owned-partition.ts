import { type EventLog, LogError, type LogRecord, type LogWriter } from '#libs/event-log';
import type { StateStore, StoreCommit } from './state-store.js';
import { readTail } from './tail.js';
import type { RecorderLogger } from './types.js';
import { within } from './within.js';

const REOPEN_PAUSE_MS = 200;
/** Also without commands: a service that is not ready gets none, and would never be ready again. */
const RETRY_MS = 1_000;

export interface OwnedPartitionOptions {
  log: EventLog;
  store: StateStore;
  partition: number;
  logger: RecorderLogger;
  /** Milliseconds since the epoch. */
  clock: () => number;
  /** How long an append, or taking the partition, may take before it counts as in doubt, in ms. */
  appendTimeoutMs: number;
  /** After being fenced: is this partition still ours? Two writers must not fence each other for ever. */
  stillOwner: (partition: number) => Promise<boolean>;
}

/**
 * A partition of the log and its state store, kept in step: open means that nobody else writes
 * there and that the store has all of the log in it.
 */
export class OwnedPartition {
  #writer: LogWriter | undefined;
  /** The hash of the last event that the store has in it. */
  #head: string | null = null;
  #opening: Promise<void> | undefined;
  #lastTime = 0;
  #openings = 0;
  #writing = false;
  #closed = false;
  #fenced = false;
  #notBefore = 0;
  #retry: NodeJS.Timeout | undefined;
  #lastError: string | undefined;

  constructor(private readonly options: OwnedPartitionOptions) {}

  get state(): 'open' | 'reopening' | 'closed' {
    if (this.#writer) return 'open';
    return this.#closed ? 'closed' : 'reopening';
  }

  /** Counts the times it was opened. */
  get openings(): number {
    return this.#openings;
  }

  /** The time of the last event, in ms since the epoch. */
  get lastTime(): number {
    return this.#lastTime;
  }

  /** The last failure since it was opened, in words. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** False also when the store was thrown away beneath an open writer. */
  isCurrent(): boolean {
    return this.#writer !== undefined && this.#storeHead() === this.#head;
  }

  /** @throws LogError `unavailable` when it is not current */
  assertCurrent(): void {
    if (!this.isCurrent()) throw this.notCurrent();
  }

  notCurrent(): LogError {
    const which = `partition ${String(this.options.partition)}`;
    return new LogError('unavailable', `${which} is being opened: try again`, true);
  }

  #storeHead(): string | null {
    return this.options.store.place()?.place.hash ?? null;
  }

  /**
   * Fences earlier writers and reads the tail of the log into the store, unless it is open.
   * @throws LogError, StateStoreError, UnknownEventError, MalformedEventError
   */
  async open(): Promise<void> {
    if (this.#closed) throw new LogError('closed', 'the service is stopping', false);
    if (this.isCurrent()) return;
    // A batch under way must not meet a store that is built anew.
    if (this.#writing) throw this.notCurrent();
    this.#writer = undefined;
    // One at a time: two openings of our own would fence each other.
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    await this.#opening;
  }

  /** Opens it unless that failed just now; false when it cannot be opened. */
  async tryOpen(): Promise<boolean> {
    // A pause longer than ours comes from a clock that was set back.
    const pause = this.#notBefore - this.options.clock();
    if (!this.#writer && pause > 0 && pause <= REOPEN_PAUSE_MS) return false;
    try {
      await this.open();
      return true;
    } catch (error) {
      this.failure('cannot be opened', error);
      this.#notBefore = this.options.clock() + REOPEN_PAUSE_MS;
      this.#retryLater();
      return false;
    }
  }

  #retryLater(): void {
    if (this.#closed) return;
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      if (!this.#writer) void this.tryOpen();
    }, RETRY_MS).unref();
  }

  async #open(): Promise<void> {
    const { log, partition, stillOwner, store, logger } = this.options;
    if (this.#fenced && !(await stillOwner(partition)))
      throw new LogError('fenced', 'another process writes this partition now', true);
    const writer = await this.#take();
    try {
      await readTail(log, store, partition, logger);
      this.#lastTime = Date.parse(store.place()?.time ?? '1970-01-01');
      this.#head = this.#storeHead();
      if (this.#head !== (writer.head?.hash ?? null))
        throw new LogError('in-doubt', 'the log went on while its tail was read', true);
    } catch (error) {
      await this.#discard(writer);
      throw error;
    }
    this.#writer = writer;
    this.#openings += 1;
    this.#fenced = false;
    this.#lastError = undefined;
  }

  /** A writer that comes too late fences the one that we have by then: that one opens again. */
  async #take(): Promise<LogWriter> {
    const { log, partition, appendTimeoutMs } = this.options;
    let late = false;
    const taking = log.openWriter(partition).then(async (writer) => {
      if (late) await this.#discard(writer);
      return writer;
    });
    return within(taking, appendTimeoutMs, () => {
      late = true;
      return new LogError('in-doubt', 'the partition was not given in time', true);
    });
  }

  /**
   * Appends to the log, then commits to the store what `change` makes of the offsets.
   * @throws whatever log or store throw: then all of it is in doubt, and `doubt` comes next
   */
  async write(
    records: readonly LogRecord[],
    change: (offsets: readonly string[]) => StoreCommit,
  ): Promise<void> {
    const writer = this.#writer;
    if (!writer) throw new LogError('closed', 'the partition is not open', true);
    this.#writing = true;
    try {
      const offsets = await within(
        writer.append(records),
        this.options.appendTimeoutMs,
        () => new LogError('in-doubt', 'the append did not end in time', true),
      );
      const commit = change(offsets);
      this.options.store.commit(commit);
      this.#head = commit.place.hash;
      this.#lastTime = Date.parse(commit.time);
    } finally {
      this.#writing = false;
    }
  }

  /** Gives the writer up after a failed write; true when a new one has read what is in the log. */
  async doubt(error: unknown): Promise<boolean> {
    if (error instanceof LogError && error.code === 'fenced') this.#fenced = true;
    const writer = this.#writer;
    this.#writer = undefined;
    if (writer) await this.#discard(writer);
    this.#notBefore = 0;
    return this.tryOpen();
  }

  async close(): Promise<void> {
    await this.#opening?.catch((error: unknown) => {
      this.failure('cannot be opened', error);
    });
    this.#closed = true;
    clearTimeout(this.#retry);
    const writer = this.#writer;
    this.#writer = undefined;
    if (writer) await this.#discard(writer);
  }

  async #discard(writer: LogWriter): Promise<void> {
    const late = (): Error => new LogError('in-doubt', 'it does not close in time', true);
    try {
      await within(writer.close(), this.options.appendTimeoutMs, late);
    } catch (error) {
      this.failure('could not close its writer', error);
    }
  }

  /** Notes and logs a failure; gives its message. */
  failure(what: string, error: unknown): string {
    const { logger, partition } = this.options;
    const message = error instanceof Error ? error.message : String(error);
    this.#lastError = message;
    logger.error(`partition ${String(partition)} ${what}: ${message}`, error);
    return message;
  }
}
