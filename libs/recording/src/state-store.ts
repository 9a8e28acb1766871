import type { Place } from '#libs/event-log';
import type { StoredReceipt } from './receipts.js';
import type { Stream } from './stream.js';
import type { ListedRow } from './types.js';

export interface ListingChange {
  dataset: string;
  scope: string;
  incidentId: string;
  externalId: string;
  listed: boolean;
}

/** What a batch changes: all of it, and the place in the log that it reaches, or nothing. */
export interface StoreCommit {
  /** The hash of the event that the store must have reached (`GENESIS_HASH`: it must be empty). */
  after: string;
  states: ReadonlyMap<string, Stream>;
  receipts: ReadonlyMap<string, StoredReceipt>;
  listings: readonly ListingChange[];
  /** The last event that these states have in them. */
  place: Place;
  /** `time` of that event. */
  time: string;
}

export interface StoreRead {
  stream(streamId: string): Stream | undefined;
  receipt(key: string): StoredReceipt | undefined;
}

/**
 * A partition's states, receipts and listings, folded from the log: disposable, rebuilt from the
 * log whenever it does not fit it.
 */
export interface StateStore extends StoreRead {
  /** Where in the log the store stands, and the time of that event; undefined when empty. */
  place(): { place: Place; time: string } | undefined;
  listed(dataset: string, scope: string): Iterable<ListedRow>;
  /**
   * Atomic; throws when nothing of it was written, or when that is in doubt. Refused when the store
   * does not stand where the change begins: it was thrown away meanwhile.
   */
  commit(change: StoreCommit): void;
  /** Forgets everything. */
  clear(): void;
}
