import { GENESIS_HASH } from '#libs/contracts';
import { LogError, PlaceLostError, type LogRecord, type Place } from './port.js';

/** The two attributes of a stored event that tie it into its partition's chain. */
export interface ChainLinks {
  hash: string;
  prevHash: string;
}

/** Reads an event's links; undefined when the bytes are not an event of this ledger. */
export function linksOf(bytes: Uint8Array): ChainLinks | undefined {
  let event: unknown;
  try {
    event = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof event !== 'object' || event === null) return undefined;
  const { hash, prevhash } = event as { hash?: unknown; prevhash?: unknown };
  if (typeof hash !== 'string' || typeof prevhash !== 'string') return undefined;
  return { hash, prevHash: prevhash };
}

/**
 * Refuses a batch that does not continue the chain, before anything is written.
 * @throws LogError `broken-chain`
 */
export function assertChains(
  partition: number,
  head: Place | null,
  batch: readonly LogRecord[],
): void {
  let expected = head?.hash ?? GENESIS_HASH;
  for (const [index, record] of batch.entries()) {
    if (record.prevHash !== expected)
      throw new LogError(
        'broken-chain',
        `partition ${String(partition)}: record ${String(index)} of the batch continues ` +
          `${record.prevHash.slice(0, 12)}…, but the event before it is ${expected.slice(0, 12)}…; ` +
          'nothing was written: open a new writer and build the batch on its head',
        false,
      );
    expected = record.hash;
  }
}

/**
 * The place check: the remembered event must still be at its offset, with its hash.
 * @throws PlaceLostError
 */
export function assertHolds(partition: number, place: Place, stored: Uint8Array | undefined): void {
  if (!stored) throw new PlaceLostError(partition, place, 'no event at that offset');
  const links = linksOf(stored);
  if (!links) throw new PlaceLostError(partition, place, 'what is there is not an event');
  if (links.hash !== place.hash)
    throw new PlaceLostError(partition, place, `the hash there is ${links.hash.slice(0, 12)}…`);
}

/**
 * The other half of the place check: the event after the place must continue from it.
 * @throws PlaceLostError
 */
export function assertContinues(partition: number, place: Place, next: Uint8Array): void {
  const links = linksOf(next);
  if (!links) throw new PlaceLostError(partition, place, 'what follows it is not an event');
  if (links.prevHash !== place.hash)
    throw new PlaceLostError(
      partition,
      place,
      `the event after it continues ${links.prevHash.slice(0, 12)}…`,
    );
}
