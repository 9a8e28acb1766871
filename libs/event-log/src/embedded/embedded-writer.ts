import { assertChains } from '../chain.js';
import { LogError, type LogRecord, type LogWriter, type Place } from '../port.js';
import { writeFailure } from './lmdb-error.js';
import type { LogStore } from './log-store.js';

/** Where tests make a disk fail; each may throw. */
export interface AppendFaults {
  /** In the transaction, after the events were put: what it throws rolls all of it back. */
  beforeCommit?: (partition: number) => void;
  /** After the commit: the events are there, but their writer does not get to know. */
  afterCommit?: (partition: number) => void;
}

/** The writer of one partition: see `LogWriter`. */
export class EmbeddedWriter implements LogWriter {
  #closed = false;

  private constructor(
    private readonly store: LogStore,
    readonly partition: number,
    private readonly epoch: number,
    private headOffset: number,
    private headHash: string | undefined,
    private readonly faults: AppendFaults,
  ) {}

  /** Takes the partition by raising its epoch, which fences every earlier writer of it. */
  static open(store: LogStore, partition: number, faults: AppendFaults): EmbeddedWriter {
    store.events(partition);
    const taking = `the taking of partition ${String(partition)}`;
    const { epoch, head } = store.transaction(taking, 0, (put) => {
      const before = store.meta(partition);
      const taken = { ...before, epoch: before.epoch + 1 };
      put(partition, taken);
      return taken;
    });
    return new EmbeddedWriter(store, partition, epoch, head?.offset ?? -1, head?.hash, faults);
  }

  get head(): Place | null {
    return this.headHash === undefined
      ? null
      : { offset: String(this.headOffset), hash: this.headHash };
  }

  async append(batch: readonly LogRecord[]): Promise<string[]> {
    const { partition, store } = this;
    if (this.#closed)
      throw new LogError('closed', `the writer of partition ${String(partition)} is closed`, false);
    const last = batch.at(-1);
    if (!last) return [];
    // Whatever goes wrong from here on, this writer no longer knows the head.
    this.#closed = true;
    assertChains(partition, this.head, batch);

    const first = this.headOffset + 1;
    const headOffset = this.headOffset + batch.length;
    await store.inNextCommit({
      what: `a batch of ${String(batch.length)} events`,
      bytes: batch.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
      admit: () => {
        this.#assertMine();
      },
      write: (put) => {
        const events = store.events(partition);
        for (const [index, { bytes }] of batch.entries())
          if (!events.putSync(first + index, bytes, { append: true }))
            throw new LogError(
              'unavailable',
              `partition ${String(partition)} already holds an event at ${String(first + index)}, behind its head: the log in ${store.dir} is damaged`,
              false,
            );
        put(partition, { epoch: this.epoch, head: { offset: headOffset, hash: last.hash } });
        this.faults.beforeCommit?.(partition);
      },
    });
    this.#afterCommit();
    this.headOffset = headOffset;
    this.headHash = last.hash;
    this.#closed = false;
    store.appended(partition);
    return batch.map((_, index) => String(first + index));
  }

  #afterCommit(): void {
    try {
      this.faults.afterCommit?.(this.partition);
    } catch (error) {
      throw writeFailure(error, this.store.dir, 'a batch', () => undefined);
    }
  }

  /** Runs inside the append's transaction, so that no other writer can come in between. */
  #assertMine(): void {
    const { epoch, head } = this.store.meta(this.partition);
    if (epoch !== this.epoch)
      throw new LogError(
        'fenced',
        `another writer took partition ${String(this.partition)} (its epoch is ${String(epoch)}, this writer's ${String(this.epoch)})`,
        true,
      );
    if ((head?.offset ?? -1) !== this.headOffset || head?.hash !== this.headHash)
      throw new LogError(
        'unavailable',
        `partition ${String(this.partition)} has another head than its only writer left: the log in ${this.store.dir} was altered`,
        false,
      );
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}
