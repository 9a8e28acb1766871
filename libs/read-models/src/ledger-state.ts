import { PARTITIONS, positionToString } from '#libs/contracts';
import type { Cut } from './filter-sql.js';
import { isoInstant } from './moments.js';
import type { Reader } from './snapshot.js';

/** How far the projection that queries read has come in a partition. */
export interface Checkpoint {
  partition: number;
  /** The last event projected; null: none yet. */
  last: { offset: string; hash: string; time: number } | null;
  /** The latest instant (ms) at which the projector had read this partition's end. */
  endedAt: number | null;
}

/** Of every partition that the projector has opened, in order. */
export async function checkpoints(reader: Reader): Promise<Checkpoint[]> {
  const rows = await reader.rows<{
    partition: number;
    offset: string | null;
    hash: string | null;
    time: Date | null;
    ended_at: Date | null;
  }>(
    `SELECT c.partition, c."offset", c.hash, c.ended_at, j.time
     FROM ledger.checkpoint c
     JOIN ledger.generation g ON g.name = c.generation AND g.status = 'live'
     LEFT JOIN LATERAL (
       SELECT e.time FROM live.event_journal e
       WHERE e.partition = c.partition AND e."offset" <= c."offset"
       ORDER BY e."offset" DESC LIMIT 1
     ) j ON true
     ORDER BY c.partition`,
  );
  return rows.map(({ partition, offset, hash, time, ended_at }) => ({
    partition,
    last: offset === null || hash === null ? null : { offset, hash, time: time?.getTime() ?? 0 },
    endedAt: ended_at?.getTime() ?? null,
  }));
}

/** The places, as `after` takes them. */
export function positionOf(places: readonly Checkpoint[]): string {
  return places
    .flatMap(({ partition, last }) =>
      last ? [positionToString({ partition, offset: last.offset })] : [],
    )
    .join(',');
}

/**
 * The instant that an answer from the present state stands for: now, read after the snapshot was
 * taken, or the last recorded time where a writer's clock is ahead of ours.
 */
export function presentInstant(places: readonly Checkpoint[], now: number): number {
  return Math.max(now, ...places.map((p) => p.last?.time ?? 0));
}

/** Places to pin pages to: each partition's checkpoint, or `asOf` where that is earlier. */
export function cutsOf(places: readonly Checkpoint[], asOf: number | undefined): Map<number, Cut> {
  const cuts = new Map<number, Cut>();
  for (const { partition, last } of places)
    if (last) cuts.set(partition, { ...last, time: Math.min(last.time, asOf ?? last.time) });
  return cuts;
}

const SETTLED_MS = 60_000;

/**
 * Whether an answer as of that instant will never change: it is older than 60 s, and every
 * partition's projector has since reached an end that it read at least 60 s after it.
 */
export function isFinal(
  places: readonly Checkpoint[],
  asOf: number | undefined,
  now: number,
): boolean {
  if (asOf === undefined || now - asOf < SETTLED_MS || places.length < PARTITIONS) return false;
  return places.every((p) => p.endedAt !== null && p.endedAt >= asOf + SETTLED_MS);
}

/** When the ledger's very first event was recorded (ms); undefined while there is none. */
async function ledgerBegan(reader: Reader): Promise<number | undefined> {
  const [first] = await reader.rows<{ time: Date }>(
    'SELECT time FROM live.event_journal WHERE partition = 0 ORDER BY "offset" LIMIT 1',
  );
  return first?.time.getTime();
}

/** `{ ledgerBegins }` when `asOf` lies before it, else nothing. */
export async function beforeBeginning(
  reader: Reader,
  asOf: number | undefined,
): Promise<{ ledgerBegins?: string }> {
  if (asOf === undefined) return {};
  const began = await ledgerBegan(reader);
  return began !== undefined && asOf < began ? { ledgerBegins: isoInstant(began) } : {};
}
