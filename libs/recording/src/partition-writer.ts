import { setImmediate as nextTurn } from 'node:timers/promises';
import { positionToString } from '#libs/contracts';
import type { DecideContext } from '#libs/domain';
import { type Batch, MAX_BATCH_EVENTS } from './batch.js';
import { CommandQueue, type Waiting } from './command-queue.js';
import { answerOf, type Outcome, unavailable } from './outcome.js';
import { OwnedPartition, type OwnedPartitionOptions } from './owned-partition.js';
import { headPosition, newBatch, PartitionReads, receiptsOf } from './partition-reads.js';
import { receiptKey, type StoredReceipt, toReceipt } from './receipts.js';
import type { Answer, CommandRequest, PartitionHealth } from './types.js';

/** A batch that was decided longer ago than this is stamped again before it is sent. */
const STALE_STAMP_MS = 5_000;

const NOTHING: ReadonlyMap<string, StoredReceipt> = new Map();

interface Decided {
  waiting: Waiting;
  outcome: Outcome;
}

export interface PartitionWriterOptions extends OwnedPartitionOptions {
  ledgerId: string;
  onBatch?: (batch: { partition: number; commands: number; events: number; ms: number }) => void;
}

/**
 * The one writer of a partition: takes what is queued, decides it on the states as the log has
 * them, appends it in one piece, folds it into the state store, then answers. On any doubt it
 * closes, fences its earlier self, reads the log's tail, and answers from what is there.
 */
export class PartitionWriter {
  readonly reads: PartitionReads;
  readonly #queue = new CommandQueue();
  readonly #owned: OwnedPartition;
  #running = false;
  #closing = false;
  #idle: Promise<void> = Promise.resolve();

  constructor(private readonly options: PartitionWriterOptions) {
    this.#owned = new OwnedPartition(options);
    this.reads = new PartitionReads(this.#owned, options);
  }

  /** Takes the partition. @throws LogError, StateStoreError */
  open(): Promise<void> {
    return this.#owned.open();
  }

  /** Waits in the queue; a full queue answers `overloaded` at once. Never rejects. */
  submit(request: CommandRequest, mergeTarget?: DecideContext['mergeTarget']): Promise<Answer> {
    if (this.#closing) return Promise.resolve(unavailable('The service is stopping.'));
    return new Promise((answer) => {
      if (this.#queue.push({ request, mergeTarget, answer })) this.#wake();
      else answer({ kind: 'overloaded', retryAfterSeconds: 1 });
    });
  }

  /** Resolves when fewer than half of the places in the queue are taken. */
  room(): Promise<void> {
    return this.#queue.room();
  }

  health(): PartitionHealth {
    const { state, lastTime, lastError, openings } = this.#owned;
    return {
      partition: this.options.partition,
      state,
      queued: this.#queue.length,
      clockBehindMs: Math.max(0, lastTime - this.options.clock()),
      reopens: Math.max(0, openings - 1),
      ...(lastError !== undefined && { lastError }),
    };
  }

  /** Finishes what is queued, then gives the partition up. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#idle;
    await this.#owned.close();
  }

  #wake(): void {
    if (this.#running) return;
    this.#running = true;
    this.#idle = this.#run();
  }

  async #run(): Promise<void> {
    while (this.#queue.busy) {
      // One turn of the event loop, so that what arrives together is committed together.
      await nextTurn();
      const taken = this.#queue.take(MAX_BATCH_EVENTS);
      try {
        if (taken.length > 0) await this.#serve(taken);
      } catch (error) {
        const detail = this.#owned.failure('failed', error);
        for (const { answer } of taken) answer(unavailable(detail));
      }
      this.#queue.letIn();
    }
    this.#running = false;
  }

  async #serve(taken: Waiting[]): Promise<void> {
    if (!(await this.#owned.tryOpen())) {
      const which = `Partition ${String(this.options.partition)}`;
      const detail = `${which} cannot be written now: ${this.#owned.lastError ?? ''}`;
      for (const { answer } of taken) answer(unavailable(detail));
      return;
    }
    const started = performance.now();
    const { batch, decided } = this.#decide(taken);
    this.#owned.assertCurrent();
    // What did not fit goes first into the next batch.
    this.#queue.putBack(taken.slice(decided.length));
    let told: { waiting: Waiting; answer: Answer }[];
    try {
      // A batch without events is answered at once, from the store as it was decided on.
      const written = batch.records.length > 0 ? await this.#write(batch) : NOTHING;
      const find = receiptsOf(written, this.options.store);
      const head = headPosition(this.options);
      told = decided.map(({ waiting, outcome }) => ({
        waiting,
        answer: answerOf(waiting.request.streamId, outcome, find, head),
      }));
    } catch (error) {
      await this.#resolveDoubt(decided, error);
      return;
    }
    // From the first answer on nothing may fail: what was answered must not be decided again.
    for (const { waiting, answer } of told) waiting.answer(answer);
    this.options.onBatch?.({
      partition: this.options.partition,
      commands: decided.length,
      events: batch.records.length,
      ms: performance.now() - started,
    });
  }

  /** Appends the batch and folds it into the store; gives the receipts of what it wrote. */
  async #write(batch: Batch): Promise<ReadonlyMap<string, StoredReceipt>> {
    const { partition } = this.options;
    let receipts = NOTHING;
    await this.#owned.write(batch.records, (offsets) => {
      receipts = batch.receipts((i) => positionToString({ partition, offset: offsets[i] ?? '' }));
      return {
        after: batch.after,
        states: batch.states,
        receipts,
        listings: batch.listings,
        place: { offset: offsets.at(-1) ?? '', hash: batch.headHash },
        time: batch.time,
      };
    });
    return receipts;
  }

  #decide(taken: readonly Waiting[]): { batch: Batch; decided: Decided[] } {
    const started = this.options.clock();
    const batch = newBatch(this.options, this.#owned.lastTime);
    const decided: Decided[] = [];
    for (const waiting of taken) {
      const outcome = this.#decideOne(batch, waiting);
      if (!outcome) break;
      decided.push({ waiting, outcome });
    }
    // Too old a stamp: once more, and with fewer commands, lest it never ends on a slow machine.
    if (this.options.clock() - started > STALE_STAMP_MS && taken.length > 1)
      return this.#decide(taken.slice(0, Math.ceil(taken.length / 2)));
    return { batch, decided };
  }

  #decideOne(batch: Batch, { request, mergeTarget }: Waiting): Outcome | undefined {
    try {
      return batch.add(request, mergeTarget);
    } catch (error) {
      // A command that cannot be decided is a bug of ours: its caller is told, nobody else is hurt.
      const detail = this.#owned.failure(`cannot decide ${request.command.command}`, error);
      return { kind: 'answer', answer: unavailable(detail) };
    }
  }

  /**
   * An append or a commit failed. Nobody is told anything but what a fresh look at the log shows:
   * present, its receipt; absent, 503; what wrote nothing is decided again.
   */
  async #resolveDoubt(decided: readonly Decided[], error: unknown): Promise<void> {
    const detail = this.#owned.failure('closed after a failed write', error);
    const reopened = await this.#owned.doubt(error);
    const again: Waiting[] = [];
    for (const { waiting, outcome } of decided) {
      if (!reopened) {
        waiting.answer(unavailable(detail));
        continue;
      }
      if (outcome.kind !== 'written') {
        again.push(waiting);
        continue;
      }
      const { streamId, caller, key } = waiting.request;
      const stored = this.options.store.receipt(receiptKey(streamId, caller, key));
      waiting.answer(
        stored
          ? { kind: 'accepted', receipt: toReceipt(streamId, stored, false) }
          : unavailable(
              `The command was not written (${detail}): send it again with the same key.`,
            ),
      );
    }
    this.#queue.putBack(again);
  }
}
