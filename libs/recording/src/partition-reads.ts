import { GENESIS_HASH, positionToString } from '#libs/contracts';
import type { DecideContext } from '#libs/domain';
import { Batch } from './batch.js';
import { answerOf, asPreview, unavailable } from './outcome.js';
import type { OwnedPartition } from './owned-partition.js';
import type { StoredReceipt } from './receipts.js';
import type { StateStore } from './state-store.js';
import { emptyStream, type Stream } from './stream.js';
import type { Answer, CommandRequest, ListedRow } from './types.js';

interface Options {
  store: StateStore;
  partition: number;
  ledgerId: string;
  clock: () => number;
}

/** What is asked of a partition beside its writing: answered from what is durable, as it stands. */
export class PartitionReads {
  constructor(
    private readonly owned: OwnedPartition,
    private readonly options: Options,
  ) {}

  /** The stream as it durably is. Rejects when the partition cannot be opened. */
  async stream(streamId: string): Promise<Stream> {
    return this.#read(() => this.options.store.stream(streamId) ?? emptyStream(streamId));
  }

  /** Reads the store while it has all of the log in it; `read` is synchronous. */
  async #read<T>(read: () => T): Promise<T> {
    await this.owned.open();
    const result = read();
    this.owned.assertCurrent();
    return result;
  }

  /** What the command would come to, on the durable state. */
  async dryRun(
    request: CommandRequest,
    mergeTarget?: DecideContext['mergeTarget'],
  ): Promise<Answer> {
    try {
      return await this.#read(() => {
        const batch = newBatch(this.options, this.owned.lastTime);
        const outcome = batch.add(request, mergeTarget);
        if (!outcome) throw new RangeError('one command alone fits into a batch');
        const head = headPosition(this.options);
        const find = receiptsOf(
          batch.receipts(() => head),
          this.options.store,
        );
        return asPreview(answerOf(request.streamId, outcome, find, head));
      });
    } catch (error) {
      return unavailable(this.owned.failure('cannot preview a command', error));
    }
  }

  /**
   * What a dataset and scope list in this partition.
   * @throws LogError `unavailable`, also midway, when the store does not have all of the log in it
   */
  *listed(dataset: string, scope: string): Generator<ListedRow> {
    const { openings } = this.owned;
    const check = (): void => {
      if (this.owned.openings === openings && this.owned.isCurrent()) return;
      // Whoever asks again shall find it open.
      void this.owned.tryOpen();
      throw this.owned.notCurrent();
    };
    check();
    let count = 0;
    for (const row of this.options.store.listed(dataset, scope)) {
      if (++count % 500 === 0) check();
      yield row;
    }
    check();
  }
}

/** An empty batch on the durable state. */
export function newBatch({ store, ledgerId, clock }: Options, lastTime: number): Batch {
  // Never before the last event: a clock that is behind goes on with the last event's time.
  const time = new Date(Math.max(clock(), lastTime)).toISOString();
  return new Batch(store, ledgerId, store.place()?.place.hash ?? GENESIS_HASH, time);
}

/** `partition:offset` of the partition's last event; empty when it has none. */
export function headPosition({ store, partition }: Options): string {
  const offset = store.place()?.place.offset;
  return offset === undefined ? '' : positionToString({ partition, offset });
}

/** Finds a receipt among those just written, else in the store. */
export function receiptsOf(
  written: ReadonlyMap<string, StoredReceipt>,
  store: StateStore,
): (key: string) => StoredReceipt | undefined {
  return (key) => written.get(key) ?? store.receipt(key);
}
