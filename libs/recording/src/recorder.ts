import { partitionOf } from '#libs/contracts';
import type { DecideContext } from '#libs/domain';
import type { EventLog } from '#libs/event-log';
import { ensureLedger } from './ledger-created.js';
import { LmdbStateStore } from './lmdb-state-store.js';
import { PartitionWriter, type PartitionWriterOptions } from './partition-writer.js';
import type { StateStore } from './state-store.js';
import { StateStores } from './state-stores.js';
import type {
  Answer,
  CommandRequest,
  ListedRow,
  PartitionHealth,
  Recorder,
  RecorderLogger,
} from './types.js';

const APPEND_TIMEOUT_MS = 20_000;
const SILENT: RecorderLogger = { warn: () => undefined, error: () => undefined };

export interface RecorderOptions {
  log: EventLog;
  /** Where the state stores are kept; disposable, of one process at a time. */
  dir: string;
  logger?: RecorderLogger;
  clock?: () => number;
  appendTimeoutMs?: number;
  stillOwner?: (partition: number) => Promise<boolean>;
  onBatch?: PartitionWriterOptions['onBatch'];
  /** For tests: wraps each partition's store. */
  wrapStore?: (store: StateStore, partition: number) => StateStore;
}

/**
 * Opens the write side: reads (or makes) the ledger's id, takes every partition, brings the state
 * stores up to the log's ends.
 * @throws LogError when a partition cannot be taken or its tail cannot be read
 */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const { log, clock = Date.now, onBatch, appendTimeoutMs = APPEND_TIMEOUT_MS } = options;
  const ledgerId = await ensureLedger(log, clock, appendTimeoutMs);
  const stores = StateStores.open(options.dir);
  const wrap = options.wrapStore ?? ((store) => store);
  const writers = Array.from({ length: log.partitions }, (_, partition) => {
    const store = wrap(new LmdbStateStore(stores, String(partition)), partition);
    return new PartitionWriter({
      log,
      store,
      partition,
      ledgerId,
      logger: options.logger ?? SILENT,
      clock,
      appendTimeoutMs,
      stillOwner: options.stillOwner ?? (() => Promise.resolve(true)),
      ...(onBatch && { onBatch }),
    });
  });
  const recorder = new LedgerRecorder(ledgerId, stores, writers);
  // All of them are waited for, also when one fails: none may still use the stores when they close.
  const opening = await Promise.allSettled(writers.map((writer) => writer.open()));
  const failed = opening.find((result) => result.status === 'rejected');
  if (!failed) return recorder;
  await recorder.close();
  throw failed.reason;
}

class LedgerRecorder implements Recorder {
  constructor(
    readonly ledgerId: string,
    private readonly stores: StateStores,
    private readonly writers: readonly PartitionWriter[],
  ) {}

  async submit(request: CommandRequest): Promise<Answer> {
    const { command } = request;
    if (command.command !== 'merge') return this.#writerOf(request.streamId).submit(request);
    const target = await this.#mergeTarget(command.data.into);
    if (typeof target !== 'string') return target;
    return this.#writerOf(request.streamId).submit(request, target);
  }

  async dryRun(request: CommandRequest): Promise<Answer> {
    const { command } = request;
    if (command.command !== 'merge') return this.#writerOf(request.streamId).reads.dryRun(request);
    const target = await this.#mergeTarget(command.data.into);
    if (typeof target !== 'string') return target;
    return this.#writerOf(request.streamId).reads.dryRun(request, target);
  }

  room(streamId: string): Promise<void> {
    return this.#writerOf(streamId).room();
  }

  listed(partition: number, dataset: string, scope: string): Iterable<ListedRow> {
    const writer = this.writers[partition];
    if (!writer) throw new RangeError(`there is no partition ${String(partition)}`);
    return writer.reads.listed(dataset, scope);
  }

  health(): PartitionHealth[] {
    return this.writers.map((writer) => writer.health());
  }

  async close(): Promise<void> {
    await Promise.all(this.writers.map((writer) => writer.close()));
    await this.stores.close();
  }

  /** A merge's target is on another stream: its owner is asked beforehand. */
  async #mergeTarget(into: string): Promise<NonNullable<DecideContext['mergeTarget']> | Answer> {
    try {
      const stream = await this.#writerOf(into).reads.stream(into);
      if (stream.of !== 'incident' || stream.state.status === 'absent') return 'absent';
      return stream.state.merged ? 'merged' : 'present';
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { kind: 'unavailable', detail, retryAfterSeconds: 1 };
    }
  }

  #writerOf(streamId: string): PartitionWriter {
    const writer = this.writers[partitionOf(streamId, this.writers.length)];
    if (!writer) throw new RangeError(`no partition for ${streamId}`);
    return writer;
  }
}
