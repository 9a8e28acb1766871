import {
  type EventDraft,
  commandHash,
  encodeEvent,
  newId,
  type LedgerEvent,
} from '#libs/contracts';
import type { DecideContext, DomainEvent } from '#libs/domain';
import type { LogRecord } from '#libs/event-log';
import { listingChange } from './fold-log.js';
import type { Outcome } from './outcome.js';
import { outcomeOf, receiptKey, type StoredReceipt } from './receipts.js';
import type { ListingChange, StoreRead } from './state-store.js';
import { decideOn, emptyStream, evolveOn, type Stream } from './stream.js';
import type { CommandRequest } from './types.js';

export const MAX_BATCH_EVENTS = 1_000;
export const MAX_BATCH_BYTES = 2 * 1024 * 1024;
export const MAX_EVENT_BYTES = 1024 * 1024;

interface Written {
  commandHash: string;
  lastRecord: number;
  version: number;
  events: StoredReceipt['events'];
  outcome: StoredReceipt['outcome'];
}

/**
 * One group commit under construction: decides commands one after the other, each on what the ones
 * before it left, and collects the records to append. Nothing outside changes.
 */
export class Batch {
  readonly records: LogRecord[] = [];
  readonly states = new Map<string, Stream>();
  readonly listings: ListingChange[] = [];
  readonly #written = new Map<string, Written>();
  #bytes = 0;
  #head: string;

  constructor(
    private readonly store: StoreRead,
    private readonly ledgerId: string,
    /** The hash of the last event before the batch. */
    readonly after: string,
    /** The stamp of all its events. */
    readonly time: string,
  ) {
    this.#head = after;
  }

  get headHash(): string {
    return this.#head;
  }

  /** Decides one command; undefined when its events do not fit in any more: the batch is full. */
  add(request: CommandRequest, mergeTarget: DecideContext['mergeTarget']): Outcome | undefined {
    const { streamId, command } = request;
    const key = receiptKey(streamId, request.caller, request.key);
    const hash = commandHash(command);
    const before = this.#written.get(key) ?? this.store.receipt(key);
    if (before)
      return before.commandHash === hash
        ? { kind: 'replay', key }
        : { kind: 'answer', answer: { kind: 'key-reused' } };
    const stream =
      this.states.get(streamId) ?? this.store.stream(streamId) ?? emptyStream(streamId);
    const { version } = stream;
    if (request.expectedVersion !== undefined && request.expectedVersion !== version)
      return { kind: 'answer', answer: { kind: 'conflict', version } };
    const decision = decideOn(stream, streamId, command, {
      now: this.time,
      ...(mergeTarget && { mergeTarget }),
    });
    if (!decision.ok)
      return {
        kind: 'answer',
        answer: { kind: 'rejected', rejection: decision.rejection, version },
      };
    const { events } = decision;
    const outcome = outcomeOf(command.command, events);
    if (events.length === 0) return { kind: 'no-op', version, outcome };
    return this.#write(request, hash, key, stream, events, outcome);
  }

  #write(
    request: CommandRequest,
    hash: string,
    key: string,
    stream: Stream,
    events: readonly DomainEvent[],
    outcome: StoredReceipt['outcome'],
  ): Outcome | undefined {
    const tooLarge = (detail: string): Outcome => ({
      kind: 'answer',
      answer: { kind: 'too-large', detail },
    });
    if (events.length > MAX_BATCH_EVENTS)
      return tooLarge(`The command makes ${String(events.length)} events, more than 1,000.`);
    let next = stream;
    let head = this.#head;
    let bytes = 0;
    const records: LogRecord[] = [];
    const written: StoredReceipt['events'] = [];
    const listings: ListingChange[] = [];
    for (const event of events) {
      next = evolveOn(next, event);
      const draft = this.#draft(request, hash, event, next.version);
      const encoded = encodeEvent(draft, head);
      if (encoded.bytes.length > MAX_EVENT_BYTES)
        return tooLarge(`Its event ${event.type} is larger than 1 MiB.`);
      records.push({ key: request.streamId, prevHash: head, ...encoded });
      written.push({ id: draft.id, type: event.type, version: next.version });
      const listing = listingChange(draft as LedgerEvent);
      if (listing) listings.push(listing);
      head = encoded.hash;
      bytes += encoded.bytes.length;
    }
    if (bytes > MAX_BATCH_BYTES)
      return tooLarge('The events of the command exceed 2 MiB together.');
    const count = this.records.length + records.length;
    if (count > MAX_BATCH_EVENTS || this.#bytes + bytes > MAX_BATCH_BYTES) return undefined;
    this.records.push(...records);
    this.listings.push(...listings);
    this.states.set(request.streamId, next);
    this.#bytes += bytes;
    this.#head = head;
    this.#written.set(key, {
      commandHash: hash,
      lastRecord: count - 1,
      version: next.version,
      events: written,
      outcome,
    });
    return { kind: 'written', key };
  }

  #draft(
    request: CommandRequest,
    hash: string,
    event: DomainEvent,
    streamVersion: number,
  ): EventDraft {
    return {
      id: newId(),
      ledgerId: this.ledgerId,
      subject: request.streamId,
      time: this.time,
      streamVersion,
      recordedBy: request.caller,
      recordedByRole: request.role,
      causationId: request.key,
      commandHash: hash,
      correlationId: request.correlationId,
      ...(request.traceparent !== undefined && { traceparent: request.traceparent }),
      ...(request.tracestate !== undefined && { tracestate: request.tracestate }),
      ...event,
    };
  }

  /** The receipts of what was written; `position` gives that of a record by its place in the batch. */
  receipts(position: (record: number) => string): Map<string, StoredReceipt> {
    const receipts = new Map<string, StoredReceipt>();
    for (const [key, { commandHash, version, events, lastRecord, outcome }] of this.#written)
      receipts.set(key, {
        commandHash,
        version,
        events,
        position: position(lastRecord),
        ...(outcome && { outcome }),
      });
    return receipts;
  }
}
