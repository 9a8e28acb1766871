import type { Command, ImportOutcome, Rejection } from '#libs/domain';

/** A command on its way to the writer of its stream's partition. */
export interface CommandRequest {
  command: Command;
  /** The incident's id, or `dataset-<dataset>` for the import commands. */
  streamId: string;
  caller: string;
  role: string;
  /** Idempotency key: scoped to caller and stream, 1 to 200 characters. */
  key: string;
  /** The request or import run that led to it. */
  correlationId: string;
  /** From `If-Match`: the version that the caller saw. */
  expectedVersion?: number;
  traceparent?: string;
  tracestate?: string;
}

/** What a command wrote; told again, from the log, when it is sent again with the same key. */
export interface Receipt {
  streamId: string;
  /** The stream's version after the command. */
  version: number;
  /** `partition:offset` of the last event written; of the stream's partition head for a no-op. */
  position: string;
  events: { id: string; type: string; version: number }[];
  replayed: boolean;
  /** For `import-row` and `delist`: what the row came to. */
  outcome?: ImportOutcome;
}

/** The answer to a command. Only what is durable is answered. */
export type Answer =
  | { kind: 'accepted'; receipt: Receipt }
  | { kind: 'rejected'; rejection: Rejection; version: number }
  /** `expectedVersion` differs. */
  | { kind: 'conflict'; version: number }
  /** The key was used for another command. */
  | { kind: 'key-reused' }
  /** More than 1,000 events or 2 MiB, or an event over 1 MiB. */
  | { kind: 'too-large'; detail: string }
  /** The partition's queue is full. */
  | { kind: 'overloaded'; retryAfterSeconds: number }
  /** Not known to be written: the same key may be sent again. */
  | { kind: 'unavailable'; detail: string; retryAfterSeconds: number };

/** A row that a dataset and scope list now. */
export interface ListedRow {
  incidentId: string;
  externalId: string;
}

export interface PartitionHealth {
  partition: number;
  state: 'open' | 'reopening' | 'closed';
  queued: number;
  /** How far the clock is behind the last event's time, in ms; red above 5,000. */
  clockBehindMs: number;
  reopens: number;
  lastError?: string;
}

/** The write side of a ledger: every partition's writer behind one door. */
export interface Recorder {
  readonly ledgerId: string;
  /** Waits in the partition's queue, is decided, made durable, then answered. Never rejects. */
  submit(request: CommandRequest): Promise<Answer>;
  /** Decides against the durable state and writes nothing. */
  dryRun(request: CommandRequest): Promise<Answer>;
  /** Resolves when the partition's queue has room again: bulk requests are slowed, not refused. */
  room(streamId: string): Promise<void>;
  /** What a dataset and scope list in this partition, from the state store. */
  listed(partition: number, dataset: string, scope: string): Iterable<ListedRow>;
  health(): PartitionHealth[];
  close(): Promise<void>;
}

export interface RecorderLogger {
  warn(message: string): void;
  error(message: string, error: unknown): void;
}
