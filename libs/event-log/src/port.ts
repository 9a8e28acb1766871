/**
 * The event log as everyone else sees it: append-only partitions of hash-chained events. Two
 * adapters keep this contract (`embedded`, `kafka`), and one suite (`contract-suite.ts`) holds
 * them to it.
 */

/** An event to append: the stored bytes and what the log needs to know without parsing them. */
export interface LogRecord {
  /** The stream (`subject`), the key on Kafka. */
  key: string;
  bytes: Uint8Array;
  prevHash: string;
  hash: string;
}

/** An event where it stands. An offset is a decimal string with holes allowed: never a count. */
export interface StoredEvent {
  partition: number;
  offset: string;
  bytes: Uint8Array;
}

/**
 * A remembered place: the offset and hash of the last event seen. On reading on from it, that
 * event must still be there and the next one must chain to it, else `PlaceLostError`.
 */
export interface Place {
  offset: string;
  hash: string;
}
/** Where to read from: after a place, or from the partition's beginning. */
export type From = Place | 'beginning';

export interface LogBatch {
  events: StoredEvent[];
  /** True when, at `readAt`, nothing lay behind the last of these events. */
  atEnd: boolean;
  /** Milliseconds since the epoch, taken before the end was read. */
  readAt: number;
}

export interface ReadOptions {
  /** Events per batch, at most (default 1,000). */
  batchSize?: number;
  signal?: AbortSignal;
}

export interface EventLog {
  readonly partitions: number;

  /**
   * Takes a partition: fences every earlier writer of it (whose next append rejects with a
   * `LogError` of code `fenced`), then tells its head.
   */
  openWriter(partition: number): Promise<LogWriter>;

  /** From a place to the end as it stood when the end was reached; the last batch is `atEnd`. */
  read(partition: number, from: From, options?: ReadOptions): AsyncIterable<LogBatch>;

  /**
   * Like `read`, then on as events arrive, until `signal` aborts (it then ends without an error).
   * At an idle end an empty batch with `atEnd` comes at least every 5 s.
   */
  follow(partition: number, from: From, options?: ReadOptions): AsyncIterable<LogBatch>;

  /** The last event of each partition, in order of partitions; null for an empty one. */
  ends(): Promise<(Place | null)[]>;

  close(): Promise<void>;
}

export interface LogWriter {
  readonly partition: number;
  /** The last event of the partition, null when it is empty; moves with each append. */
  readonly head: Place | null;

  /**
   * Appends atomically and durably: when it resolves, all of the batch is on disk and readable;
   * gives the offsets in order. A batch that does not chain to the head is refused with code
   * `broken-chain` before anything is written. After any rejection the writer is of no more use:
   * whether the batch was written is in doubt until the log is read again.
   */
  append(batch: readonly LogRecord[]): Promise<string[]>;

  /** Gives the partition up; idempotent. */
  close(): Promise<void>;
}

export type LogErrorCode =
  'fenced' | 'broken-chain' | 'closed' | 'in-doubt' | 'unavailable' | 'locked' | 'no-space';

/** A failure of the log. `retryable`: the same call on a new writer may succeed. */
export class LogError extends Error {
  override readonly name = 'LogError';
  constructor(
    readonly code: LogErrorCode,
    message: string,
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The remembered place is not in this log: it is another log, or it was damaged. */
export class PlaceLostError extends Error {
  override readonly name = 'PlaceLostError';
  readonly code = 'place-lost';
  readonly retryable = false;
  constructor(
    readonly partition: number,
    readonly place: Place,
    readonly found: string,
  ) {
    super(
      `partition ${String(partition)}: the event remembered at offset ${place.offset} with hash ` +
        `${place.hash.slice(0, 12)}… is not there (${found}): this is another log, or it was altered`,
    );
  }
}
