import { partitionOf } from '#libs/contracts';
import type { EventLog } from '#libs/event-log';
import { LmdbStateStore } from '../lmdb-state-store.js';
import { receiptKey } from '../receipts.js';
import type { StateStore } from '../state-store.js';
import { StateStores } from '../state-stores.js';
import { readTail } from '../tail.js';
import type { LoggedEvent } from './read-all.js';

const QUIET = { warn: () => undefined, error: () => undefined };

/** Everything that a partition's store holds about a log's streams, commands and listings. */
function contents(
  store: StateStore,
  partition: number,
  logged: readonly LoggedEvent[],
  moreKeys: readonly string[],
) {
  const own = logged.filter((l) => l.partition === partition).map(({ event }) => event);
  const streams = [...new Set(own.map(({ subject }) => subject))];
  const written = own.map((e) => receiptKey(e.subject, e.recordedBy, e.causationId));
  const keys = new Set([...written, ...moreKeys]);
  const listings = new Set<string>();
  for (const { data } of own)
    for (const row of [data, 'sourceRow' in data ? data.sourceRow : undefined])
      if (row && 'dataset' in row && 'scope' in row) listings.add(`${row.dataset}|${row.scope}`);
  return {
    place: store.place(),
    streams: Object.fromEntries(streams.map((id) => [id, store.stream(id)])),
    receipts: Object.fromEntries([...keys].map((key) => [key, store.receipt(key)])),
    listings: Object.fromEntries(
      [...listings].map((listing) => {
        const [dataset = '', scope = ''] = listing.split('|');
        return [listing, [...store.listed(dataset, scope)]];
      }),
    ),
  };
}

/**
 * What the stores in `dir` hold, and what stores in `fresh` hold after folding the whole log: the
 * two must be equal. `moreKeys` are those of receipts that the log does not name, and that must not be
 * there. The recorder of `dir` must be closed.
 */
export async function liveAndRebuilt(
  log: EventLog,
  dir: string,
  fresh: string,
  logged: readonly LoggedEvent[],
  moreKeys: readonly string[] = [],
): Promise<{ live: unknown[]; rebuilt: unknown[] }> {
  const partitions = [
    ...new Set(logged.map(({ event }) => partitionOf(event.subject, log.partitions))),
  ];
  const stores = [StateStores.open(dir), StateStores.open(fresh)] as const;
  try {
    const live = partitions.map((p) =>
      contents(new LmdbStateStore(stores[0], String(p)), p, logged, moreKeys),
    );
    const rebuilt: unknown[] = [];
    for (const partition of partitions) {
      const store = new LmdbStateStore(stores[1], String(partition));
      await readTail(log, store, partition, QUIET);
      rebuilt.push(contents(store, partition, logged, moreKeys));
    }
    return { live, rebuilt };
  } finally {
    for (const each of stores) await each.close();
  }
}
