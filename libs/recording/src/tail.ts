import { decodeEvent } from '#libs/contracts';
import { type EventLog, PlaceLostError } from '#libs/event-log';
import { foldLog } from './fold-log.js';
import type { StateStore } from './state-store.js';
import type { RecorderLogger } from './types.js';

/**
 * Folds what the log holds behind the store's place into the store. A store whose place is not in
 * this log is built anew from the beginning.
 * @throws LogError, StateStoreError, UnknownEventError, MalformedEventError
 */
export async function readTail(
  log: EventLog,
  store: StateStore,
  partition: number,
  logger: RecorderLogger,
): Promise<void> {
  try {
    for await (const { events } of log.read(partition, store.place()?.place ?? 'beginning')) {
      if (events.length === 0) continue;
      const decoded = events.map(({ bytes, offset }) => ({ event: decodeEvent(bytes), offset }));
      store.commit(foldLog(store, decoded, partition));
    }
  } catch (error) {
    if (!(error instanceof PlaceLostError) || !store.place()) throw error;
    logger.warn(`${error.message}; the state store is built anew from the log`);
    store.clear();
    await readTail(log, store, partition, logger);
  }
}
