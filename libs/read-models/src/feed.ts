import { parseCloudEvent } from '#libs/contracts';
import { Problem } from '#libs/platform';
import type { Pool } from 'pg';
import { z } from 'zod';
import { cursorProblem, decodeCursor, encodeCursor } from './cursor.js';
import { type Checkpoint, checkpoints } from './ledger-state.js';
import { inSnapshot, queryRows, type Reader } from './snapshot.js';
import { allOf, Params } from './sql.js';

/** Which events; several values are alternatives. */
export interface FeedFilter {
  /** Short (`incident.reported`) or full (`conflict.incident.reported`) names. */
  type?: readonly string[] | undefined;
  subject?: readonly string[] | undefined;
  dataset?: readonly string[] | undefined;
}

export interface FeedRequest extends FeedFilter {
  cursor?: string | undefined;
  /** Events at most; without it, all up to where the projection stood when the feed was opened. */
  limit?: number | undefined;
}

export interface Feed {
  /** Where to go on: known before the first event is sent. */
  next: string;
  /** The events' stored bytes, a bounded number at a time. */
  batches: AsyncIterable<Uint8Array[]>;
}

/** Places read so far: partition, offset, hash. `start` is the partition that the next page begins with. */
const cursorSchema = z.strictObject({
  feed: z.array(z.tuple([z.number(), z.string().regex(/^\d+$/), z.string()])),
  start: z.number(),
});

interface Place {
  offset: string;
  hash: string;
}
interface Range {
  partition: number;
  /** After this offset … */
  after: string | null;
  /** … up to and including this one. */
  to: string;
}

const BATCH_EVENTS = 200;
const BATCH_BYTES = 4 * 1024 * 1024;

function lost(partition: number, place: Place, found: string): Problem {
  return new Problem({
    status: 410,
    code: 'cursor-lost',
    title: 'The cursor belongs to another log',
    detail:
      `The event that the cursor remembers in partition ${String(partition)} at offset ` +
      `${place.offset} is not there (${found}): this is another log. Start again without a cursor.`,
  });
}

async function hashAt(
  reader: Reader,
  partition: number,
  offset: string,
): Promise<string | undefined> {
  const [row] = await reader.rows<{ bytes: Uint8Array }>(
    'SELECT bytes FROM live.event_journal WHERE partition = $1 AND "offset" = $2',
    [partition, offset],
  );
  return row && parseCloudEvent(row.bytes).hash;
}

/** Whoever remembers a place remembers offset and hash: an offset alone identifies no event. */
async function checkPlace(
  reader: Reader,
  partition: number,
  place: Place,
  checkpoint: Checkpoint | undefined,
): Promise<void> {
  const last = checkpoint?.last;
  if (last?.offset === place.offset && last.hash === place.hash) return;
  const hash = await hashAt(reader, partition, place.offset);
  if (hash === place.hash) return;
  if (hash !== undefined) throw lost(partition, place, 'another event is');
  const reached = last && BigInt(last.offset) >= BigInt(place.offset);
  if (reached || checkpoint?.endedAt) throw lost(partition, place, 'nothing is');
  throw new Problem({
    status: 503,
    code: 'not-yet-visible',
    detail: `The feed is being rebuilt and has not reached the cursor's place in partition ${String(partition)}. Ask again.`,
    retryAfter: 5,
  });
}

function conditionsOf(filter: FeedFilter, params: Params): string[] {
  const all = [];
  const { type, subject, dataset } = filter;
  if (type) all.push(`type = ANY(${params.text(type.map((t) => t.replace(/^conflict\./, '')))})`);
  if (subject) all.push(`subject = ANY(${params.text(subject)})`);
  if (dataset) all.push(`dataset = ANY(${params.text(dataset)})`);
  return all;
}

function rangeSql({ partition, after, to }: Range, params: Params): string[] {
  const all = [`partition = ${params.add(partition)}`, `"offset" <= ${params.add(to)}::bigint`];
  if (after !== null) all.push(`"offset" > ${params.add(after)}::bigint`);
  return all;
}

/** How many events of a range match, up to `limit`, and the offset of the last of them. */
async function countUpTo(reader: Reader, range: Range, filter: FeedFilter, limit: number) {
  const params = new Params();
  const where = allOf([...rangeSql(range, params), ...conditionsOf(filter, params)]);
  const [row] = await reader.rows<{ n: number; last: string | null }>(
    `SELECT count(*)::int AS n, max("offset") AS last FROM (
       SELECT "offset" FROM live.event_journal WHERE ${where} ORDER BY "offset" LIMIT ${params.add(limit)}::int
     ) page`,
    params.values,
  );
  return { n: row?.n ?? 0, last: row?.last ?? null };
}

interface Plan {
  ranges: Range[];
  places: Map<number, Place>;
  start: number;
}

/** Which part of each partition goes out, and the places after it. */
async function plan(
  reader: Reader,
  query: FeedRequest,
  from: Map<number, Place>,
  start: number,
): Promise<Plan> {
  const ends = await checkpoints(reader);
  const byPartition = new Map(ends.map((e) => [e.partition, e]));
  for (const [partition, place] of from)
    await checkPlace(reader, partition, place, byPartition.get(partition));
  const places = new Map(from);
  const ranges: Range[] = [];
  let left = query.limit ?? Infinity;
  // A page begins where the one before it stopped, so that no busy partition holds up the rest.
  const order = [
    ...ends.filter((e) => e.partition >= start),
    ...ends.filter((e) => e.partition < start),
  ];
  for (const end of order) {
    const { partition, last: place } = end;
    if (!place) continue;
    const { offset: to, hash } = place;
    const after = from.get(partition)?.offset ?? null;
    if (after !== null && BigInt(after) >= BigInt(to)) continue;
    const range = { partition, after, to };
    if (left === Infinity) {
      ranges.push(range);
      places.set(partition, { offset: to, hash });
      continue;
    }
    const { n, last } = await countUpTo(reader, range, query, left);
    left -= n;
    if (left > 0 || last === null) {
      if (n > 0) ranges.push(range);
      places.set(partition, { offset: to, hash });
      continue;
    }
    ranges.push({ ...range, to: last });
    places.set(partition, { offset: last, hash: (await hashAt(reader, partition, last)) ?? '' });
    return { ranges, places, start: partition };
  }
  return { ranges, places, start: 0 };
}

async function* readRange(
  pool: Pool,
  range: Range,
  filter: FeedFilter,
): AsyncGenerator<Uint8Array[]> {
  let { after } = range;
  for (;;) {
    const params = new Params();
    const where = allOf([
      ...rangeSql({ ...range, after }, params),
      ...conditionsOf(filter, params),
    ]);
    const rows = await queryRows<{ offset: string; bytes: Uint8Array }>(
      pool,
      `SELECT "offset", bytes FROM (
         SELECT "offset", bytes, sum(octet_length(bytes)) OVER (ORDER BY "offset") - octet_length(bytes) AS before
         FROM (SELECT "offset", bytes FROM live.event_journal WHERE ${where}
               ORDER BY "offset" LIMIT ${String(BATCH_EVENTS)}) page
       ) sized WHERE before < ${String(BATCH_BYTES)} ORDER BY "offset"`,
      params.values,
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map((r) => r.bytes);
    after = last.offset;
  }
}

async function* readRanges(pool: Pool, ranges: readonly Range[], filter: FeedFilter) {
  for (const range of ranges) yield* readRange(pool, range, filter);
}

/**
 * Opens the feed of stored events: partition by partition, each in the order of its log, because
 * across partitions there is no other order that stays. Memory does not grow with its length.
 * Throws a `Problem` 400 for what is no cursor, 410 for one of another log.
 */
export async function openFeed(pool: Pool, query: FeedRequest = {}): Promise<Feed> {
  const { feed, start } =
    query.cursor === undefined ? { feed: [], start: 0 } : decodeCursor(cursorSchema, query.cursor);
  const from = new Map(feed.map(([p, offset, hash]) => [p, { offset, hash }]));
  if (from.size !== feed.length) throw cursorProblem('It names a partition twice.');
  const made = await inSnapshot(pool, (reader) => plan(reader, query, from, start));
  const next = {
    feed: [...made.places].map(([p, { offset, hash }]) => [p, offset, hash]),
    start: made.start,
  };
  return { next: encodeCursor(next), batches: readRanges(pool, made.ranges, query) };
}
