import { GENESIS_HASH } from '#libs/contracts';
import type { Place } from '#libs/event-log';
import { receiptFrom, receiptText } from './receipt-text.js';
import type { StoredReceipt } from './receipts.js';
import type { StateStore, StoreCommit } from './state-store.js';
import { clearTables, FOLD_VERSION, StateStoreError, type StateStores } from './state-stores.js';
import type { Stream } from './stream.js';
import type { ListedRow } from './types.js';

/** A partition's state store: its tables among those of all partitions. Throws StateStoreError. */
export class LmdbStateStore implements StateStore {
  constructor(
    private readonly stores: StateStores,
    private readonly id: string,
  ) {}

  place(): { place: Place; time: string } | undefined {
    return this.stores.read(this.id, ({ meta }) => meta.get(this.id));
  }

  stream(streamId: string): Stream | undefined {
    return this.stores.read(this.id, ({ streams }) => {
      const json = streams.get(streamId);
      return json === undefined ? undefined : (JSON.parse(json) as Stream);
    });
  }

  receipt(key: string): StoredReceipt | undefined {
    return this.stores.read(this.id, ({ receipts }) => {
      const text = receipts.get(key);
      return text === undefined ? undefined : receiptFrom(text);
    });
  }

  *listed(dataset: string, scope: string): Iterable<ListedRow> {
    const prefix = `${dataset}|${scope}|`;
    // In pieces: an iterator left open would pin old pages while the store is written.
    let start = prefix;
    for (;;) {
      const piece = this.stores.read(this.id, ({ listings }) => [
        ...listings.getRange({ start, end: `${prefix}~`, limit: 1_000 }),
      ]);
      for (const { key, value } of piece)
        yield { incidentId: key.slice(prefix.length), externalId: value };
      const last = piece.at(-1);
      if (piece.length < 1_000 || !last) return;
      start = `${last.key}!`;
    }
  }

  commit({ after, states, receipts, listings, place, time }: StoreCommit): void {
    this.stores.write(this.id, (tables) => {
      const head = tables.meta.get(this.id)?.place.hash ?? GENESIS_HASH;
      if (head !== after)
        throw new StateStoreError('unavailable', 'the state store was thrown away meanwhile');
      for (const [id, stream] of states) tables.streams.putSync(id, JSON.stringify(stream));
      for (const [key, receipt] of receipts) tables.receipts.putSync(key, receiptText(receipt));
      for (const { dataset, scope, incidentId, externalId, listed } of listings) {
        const key = `${dataset}|${scope}|${incidentId}`;
        if (listed) tables.listings.putSync(key, externalId);
        else tables.listings.removeSync(key);
      }
      tables.meta.putSync(this.id, { foldVersion: FOLD_VERSION, place, time });
    });
  }

  clear(): void {
    this.stores.write(this.id, (tables) => {
      clearTables(tables, this.id);
    });
  }
}
