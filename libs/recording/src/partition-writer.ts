import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeEvent, GENESIS_HASH, positionToString } from '#libs/contracts';
import type { DecideContext, Rejection } from '#libs/domain';
import { type EventLog, LogError, type LogWriter, PlaceLostError } from '#libs/event-log';
import { answerOf, Batch, MAX_BATCH_EVENTS, type Outcome } from './batch.js';
import { foldLog } from './fold-log.js';
import { receiptKey, toReceipt } from './receipts.js';
import type { StateStore } from './state-store.js';
import { decideOn, emptyStream, type Stream } from './stream.js';
import { outcomeOf } from './receipts.js';
import type { Answer, CommandRequest, PartitionHealth, RecorderLogger } from './types.js';
import { within } from './within.js';

const MAX_QUEUED = 2_000;
/** A batch that was decided longer ago than this is stamped again before it is sent. */
const STALE_STAMP_MS = 5_000;
const REOPEN_PAUSE_MS = 200;

interface Waiting {
  request: CommandRequest;
  mergeTarget: DecideContext['mergeTarget'];
  answer: (answer: Answer) => void;
}

export interface PartitionWriterOptions {
  log: EventLog;
  store: StateStore;
  partition: number;
  ledgerId: string;
  logger: RecorderLogger;
  /** Milliseconds since the epoch. */
  clock: () => number;
  /** How long an append may take before it counts as in doubt, in ms. */
  appendTimeoutMs: number;
  /** After being fenced: is this partition still ours? Two writers must not fence each other for ever. */
  stillOwner: (partition: number) => Promise<boolean>;
  onBatch?: (batch: { partition: number; commands: number; events: number; ms: number }) => void;
}

/**
 * The one writer of a partition: takes what is queued, decides it on the states as the log has
 * them, appends it in one piece, folds it into the state store, then answers. On any doubt it
 * closes, fences its earlier self, reads the log's tail, and answers from what is there.
 */
export class PartitionWriter {
  readonly #queue: Waiting[] = [];
  readonly #roomWaiters: (() => void)[] = [];
  #writer: LogWriter | undefined;
  #opening: Promise<void> | undefined;
  #lastTime = 0;
  #running = false;
  #closed = false;
  #reopens = 0;
  #lastError: string | undefined;
  #fenced = false;
  #notBefore = 0;
  #idle: Promise<void> = Promise.resolve();

  constructor(private readonly options: PartitionWriterOptions) {}

  /** Waits in the queue; a full queue answers `overloaded` at once. Never rejects. */
  submit(request: CommandRequest, mergeTarget?: DecideContext['mergeTarget']): Promise<Answer> {
    if (this.#closed) return Promise.resolve(unavailable('The service is stopping.'));
    if (this.#queue.length >= MAX_QUEUED)
      return Promise.resolve({ kind: 'overloaded', retryAfterSeconds: 1 });
    return new Promise((answer) => {
      this.#queue.push({ request, mergeTarget, answer });
      this.#wake();
    });
  }

  /** Resolves when fewer than half of the places in the queue are taken. */
  async room(): Promise<void> {
    while (this.#queue.length >= MAX_QUEUED / 2 && !this.#closed)
      await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
  }

  /** The stream as it durably is. Rejects when the partition cannot be opened. */
  async stream(streamId: string): Promise<Stream> {
    await this.open();
    return this.options.store.stream(streamId) ?? emptyStream(streamId);
  }

  /** What the command would come to, on the durable state. */
  async dryRun(
    request: CommandRequest,
    mergeTarget?: DecideContext['mergeTarget'],
  ): Promise<Answer> {
    try {
      const stream = await this.stream(request.streamId);
      const decision = decideOn(stream, request.streamId, request.command, {
        now: this.#stamp(),
        ...(mergeTarget && { mergeTarget }),
      });
      if (!decision.ok) return rejected(decision.rejection, stream.version);
      const outcome = outcomeOf(request.command.command, decision.events);
      return {
        kind: 'accepted',
        receipt: {
          streamId: request.streamId,
          version: stream.version + decision.events.length,
          position: this.#headPosition(),
          events: decision.events.map(({ type }, i) => ({
            id: '',
            type,
            version: stream.version + i + 1,
          })),
          replayed: false,
          ...(outcome && { outcome }),
        },
      };
    } catch (error) {
      return unavailable(this.#failure('cannot be opened', error));
    }
  }

  health(): PartitionHealth {
    return {
      partition: this.options.partition,
      state: this.#writer ? 'open' : this.#closed ? 'closed' : 'reopening',
      queued: this.#queue.length,
      clockBehindMs: Math.max(0, this.#lastTime - this.options.clock()),
      reopens: this.#reopens,
      ...(this.#lastError !== undefined && { lastError: this.#lastError }),
    };
  }

  /** Fences earlier writers and reads the tail of the log into the store, unless it is open. */
  async open(): Promise<void> {
    if (this.#writer) return;
    // One at a time: two openings of our own would fence each other.
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    await this.#opening;
  }

  async #open(): Promise<void> {
    const { log, partition, stillOwner } = this.options;
    if (this.#fenced && !(await stillOwner(partition)))
      throw new LogError('fenced', 'another process writes this partition now', true);
    const writer = await log.openWriter(partition);
    await this.#readTail();
    const behind = this.options.store.place()?.place;
    if ((behind?.hash ?? null) !== (writer.head?.hash ?? null))
      throw new LogError('in-doubt', 'the log went on while its tail was read', true);
    this.#writer = writer;
    this.#fenced = false;
    this.#lastError = undefined;
  }

  /** Finishes what is queued, then gives the partition up. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#idle;
    for (const wake of this.#roomWaiters.splice(0)) wake();
    await this.#writer?.close();
    this.#writer = undefined;
  }

  #wake(): void {
    if (this.#running) return;
    this.#running = true;
    this.#idle = this.#run();
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      // One turn of the event loop, so that what arrives together is committed together.
      await nextTurn();
      const taken = this.#queue.splice(0, MAX_BATCH_EVENTS);
      try {
        await this.#serve(taken);
      } catch (error) {
        const detail = this.#failure('failed', error);
        for (const { answer } of taken) answer(unavailable(detail));
      }
      if (this.#queue.length < MAX_QUEUED / 2)
        for (const wake of this.#roomWaiters.splice(0)) wake();
    }
    this.#running = false;
  }

  async #serve(taken: Waiting[]): Promise<void> {
    if (!(await this.#tryOpen())) {
      const detail = `Partition ${String(this.options.partition)} cannot be written now: ${this.#lastError ?? ''}`;
      for (const { answer } of taken) answer(unavailable(detail));
      return;
    }
    const started = performance.now();
    const { batch, decided } = this.#decide(taken);
    // What did not fit goes first into the next batch.
    this.#queue.unshift(...taken.slice(decided.length));
    try {
      const offsets = await this.#append(batch);
      const receipts = batch.receipts(this.options.partition, offsets);
      const offset = offsets.at(-1);
      if (offset !== undefined)
        this.options.store.commit({
          states: batch.states,
          receipts,
          listings: batch.listings,
          place: { offset, hash: batch.headHash },
          time: batch.time,
        });
      if (offset !== undefined) this.#lastTime = Date.parse(batch.time);
      const find = (key: string) => receipts.get(key) ?? this.options.store.receipt(key);
      const head = this.#headPosition();
      for (const { waiting, outcome } of decided)
        waiting.answer(answerOf(waiting.request.streamId, outcome, find, head));
      this.options.onBatch?.({
        partition: this.options.partition,
        commands: decided.length,
        events: offsets.length,
        ms: performance.now() - started,
      });
    } catch (error) {
      await this.#resolveDoubt(decided, error);
    }
  }

  #decide(taken: readonly Waiting[]): {
    batch: Batch;
    decided: { waiting: Waiting; outcome: Outcome }[];
  } {
    const started = this.options.clock();
    const headHash = this.options.store.place()?.place.hash ?? GENESIS_HASH;
    const batch = new Batch(this.options.store, this.options.ledgerId, headHash, this.#stamp());
    const decided: { waiting: Waiting; outcome: Outcome }[] = [];
    for (const waiting of taken) {
      let outcome: Outcome | undefined;
      try {
        outcome = batch.add(waiting.request, waiting.mergeTarget);
      } catch (error) {
        // A command that cannot be decided is a bug of ours: its caller is told, nobody else is hurt.
        const detail = this.#failure(`cannot decide ${waiting.request.command.command}`, error);
        outcome = { kind: 'answer', answer: unavailable(detail) };
      }
      if (!outcome) break;
      decided.push({ waiting, outcome });
    }
    if (this.options.clock() - started > STALE_STAMP_MS) return this.#decide(taken);
    return { batch, decided };
  }

  async #append(batch: Batch): Promise<string[]> {
    if (batch.records.length === 0) return [];
    const writer = this.#writer;
    if (!writer) throw new LogError('closed', 'the partition is not open', true);
    return within(
      writer.append(batch.records),
      this.options.appendTimeoutMs,
      () => new LogError('in-doubt', 'the append did not end in time', true),
    );
  }

  /**
   * An append or a commit failed. Nobody is told anything but what a fresh look at the log shows:
   * present, its receipt; absent, 503; what wrote nothing is decided again.
   */
  async #resolveDoubt(
    decided: readonly { waiting: Waiting; outcome: Outcome }[],
    error: unknown,
  ): Promise<void> {
    const detail = this.#failure('closed after a failed write', error);
    if (error instanceof LogError && error.code === 'fenced') this.#fenced = true;
    const discarded = this.#writer;
    this.#writer = undefined;
    await discarded?.close().catch((cause: unknown) => {
      this.#failure('could not close its writer', cause);
    });
    this.#notBefore = 0;
    const reopened = await this.#tryOpen();
    const again: Waiting[] = [];
    for (const { waiting, outcome } of decided) {
      const { streamId, caller, key } = waiting.request;
      if (!reopened) {
        waiting.answer(unavailable(detail));
        continue;
      }
      if (outcome.kind !== 'written') {
        again.push(waiting);
        continue;
      }
      const stored = this.options.store.receipt(receiptKey(streamId, caller, key));
      waiting.answer(
        stored
          ? { kind: 'accepted', receipt: toReceipt(streamId, stored, false) }
          : unavailable(
              `The command was not written (${detail}): send it again with the same key.`,
            ),
      );
    }
    this.#queue.unshift(...again);
  }

  async #tryOpen(): Promise<boolean> {
    if (this.#writer) return true;
    if (this.options.clock() < this.#notBefore) return false;
    try {
      await this.open();
      this.#reopens += 1;
      return true;
    } catch (error) {
      this.#failure('cannot be opened', error);
      this.#notBefore = this.options.clock() + REOPEN_PAUSE_MS;
      return false;
    }
  }

  async #readTail(): Promise<void> {
    const { log, store, partition } = this.options;
    try {
      for await (const { events } of log.read(partition, store.place()?.place ?? 'beginning')) {
        if (events.length === 0) continue;
        const decoded = events.map(({ bytes, offset }) => ({ event: decodeEvent(bytes), offset }));
        store.commit(foldLog(store, decoded, partition));
      }
    } catch (error) {
      if (!(error instanceof PlaceLostError) || !store.place()) throw error;
      this.options.logger.warn(`${error.message}; the state store is built anew from the log`);
      store.clear();
      await this.#readTail();
    }
    this.#lastTime = Date.parse(store.place()?.time ?? '1970-01-01');
  }

  /** Never before the last event: a clock that is behind goes on with the last event's time. */
  #stamp(): string {
    return new Date(Math.max(this.options.clock(), this.#lastTime)).toISOString();
  }

  #headPosition(): string {
    const offset = this.options.store.place()?.place.offset;
    return offset === undefined
      ? ''
      : positionToString({ partition: this.options.partition, offset });
  }

  #failure(what: string, error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    this.#lastError = message;
    this.options.logger.error(
      `partition ${String(this.options.partition)} ${what}: ${message}`,
      error,
    );
    return message;
  }
}

function unavailable(detail: string): Answer {
  return { kind: 'unavailable', detail, retryAfterSeconds: 1 };
}

function rejected(rejection: Rejection, version: number): Answer {
  return { kind: 'rejected', rejection, version };
}
