import type { EventDataByType, EventName } from '#libs/domain';

/** `prevhash` of the first event of a partition. */
export const GENESIS_HASH = '0'.repeat(64);

/** What every event carries besides its type and data. See docs: CloudEvents 1.0, structured JSON. */
export interface Envelope {
  /** UUIDv7. */
  id: string;
  /** The ledger that wrote it (CloudEvents `source` is `/conflict-ledger/<ledger id>`). */
  ledgerId: string;
  /** The stream: an incident's id, `dataset-<dataset>`, or `ledger`. */
  subject: string;
  /** When this ledger wrote it: ISO, UTC, milliseconds; never decreases within a partition. */
  time: string;
  /** 1, 2, 3 … in its stream, with no hole. */
  streamVersion: number;
  recordedBy: string;
  recordedByRole: string;
  /** The idempotency key of the command. */
  causationId: string;
  /** SHA-256 of the command's JCS form, hex. */
  commandHash: string;
  /** The request or import run that led to it. */
  correlationId: string;
  /** Hash of the event before it in the partition, 64 zeros for the first. */
  prevHash: string;
  /** SHA-256 of the JCS form of the event without `hash`, hex. */
  hash: string;
  traceparent?: string;
  tracestate?: string;
}

/** An event of the ledger, typed by its name (`type` is the short name, `incident.reported`). */
export type LedgerEvent<T extends EventName = EventName> = {
  [N in T]: Envelope & { type: N; data: EventDataByType[N] };
}[T];

/** An event that is to be written: everything but the chain, which the writer adds. */
export type EventDraft = {
  [N in EventName]: Omit<Envelope, 'prevHash' | 'hash'> & { type: N; data: EventDataByType[N] };
}[EventName];
