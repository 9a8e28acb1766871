import { type LedgerEvent, LEDGER_STREAM, positionToString } from '#libs/contracts';
import { continued, receiptKey, receiptOf, type StoredReceipt } from './receipts.js';
import type { ListingChange, StoreCommit, StoreRead } from './state-store.js';
import { emptyStream, evolveOn, type Stream } from './stream.js';

/** How an event changes what a dataset and scope list. */
export function listingChange(event: LedgerEvent): ListingChange | undefined {
  switch (event.type) {
    case 'incident.reported':
    case 'incident.source-row-recorded': {
      const { sourceRow } = event.data;
      if (sourceRow?.scope === undefined) return undefined;
      const { dataset, scope, externalId } = sourceRow;
      return { dataset, scope, incidentId: event.subject, externalId, listed: true };
    }
    case 'incident.relisted':
    case 'incident.delisted': {
      const { dataset, scope, externalId } = event.data;
      const listed = event.type === 'incident.relisted';
      return { dataset, scope, incidentId: event.subject, externalId, listed };
    }
    default:
      return undefined;
  }
}

/**
 * What a run of a partition's events adds to its state store: states, receipts and listings, all
 * told from the log alone. A command's events stand side by side; where a batch of reading cuts
 * them apart, the receipt already stored is continued.
 */
export function foldLog(
  store: StoreRead,
  events: readonly { event: LedgerEvent; offset: string }[],
  partition: number,
): StoreCommit {
  const states = new Map<string, Stream>();
  const receipts = new Map<string, StoredReceipt>();
  const listings: ListingChange[] = [];
  for (const { event, offset } of events) {
    if (event.type === 'ledger.created' || event.subject === LEDGER_STREAM) continue;
    const id = event.subject;
    const before = states.get(id) ?? store.stream(id) ?? emptyStream(id);
    states.set(id, evolveOn(before, event));
    const listing = listingChange(event);
    if (listing) listings.push(listing);
    const key = receiptKey(id, event.recordedBy, event.causationId);
    const own = receiptOf([event], positionToString({ partition, offset }));
    const earlier = receipts.get(key) ?? store.receipt(key);
    receipts.set(key, earlier ? continued(earlier, own) : own);
  }
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) throw new RangeError('nothing to fold');
  return {
    after: first.event.prevHash,
    states,
    receipts,
    listings,
    place: { offset: last.offset, hash: last.event.hash },
    time: last.event.time,
  };
}
