import type { Pool } from 'pg';
import { z } from 'zod';
import { cursorProblem, decodeCursor, digestOf, encodeCursor } from './cursor.js';
import { type Axis, capped, matching } from './filter-sql.js';
import type { Filter, SORTS, TimeTravel } from './filters.js';
import {
  beforeBeginning,
  type Checkpoint,
  checkpoints,
  cutsOf,
  isFinal,
  presentInstant,
} from './ledger-state.js';
import { loadMerges } from './merges.js';
import { isoInstant } from './moments.js';
import type { IncidentForm } from './read-form.js';
import { formOf, INCIDENT_COLUMNS, type IncidentRow } from './rows.js';
import { inSnapshot, type Reader } from './snapshot.js';
import { Params } from './sql.js';

export interface IncidentQuery extends Filter, TimeTravel {
  sort: (typeof SORTS)[number];
  limit: number;
  cursor?: string | undefined;
}

export interface IncidentPage {
  items: IncidentForm[];
  /** The cursor of the next page, null on the last. */
  next: string | null;
  /** The instant that the answer stands for. */
  asOf: string;
  final: boolean;
  /** Given when `asOf` lies before it. */
  ledgerBegins?: string;
}

/**
 * What a page hands to the next: the query it belongs to, its last row, and the log's places that
 * the first page was read at. Time alone would not do: what is recorded in a millisecond may become
 * visible in two steps.
 */
const cursorSchema = z.strictObject({
  q: z.string(),
  key: z.string(),
  id: z.uuid(),
  asOf: z.number(),
  knownAt: z.number().optional(),
  /** Partition, time (ms), offset. */
  cuts: z.array(z.tuple([z.number(), z.number(), z.string().regex(/^\d+$/)])),
  final: z.boolean(),
});
type PageCursor = z.output<typeof cursorSchema>;

/**
 * As the indexes have them. A time that is unknown stands before all others, so last when the
 * latest come first; `recorded` is when the incident last changed here.
 */
const OCCURRED = "coalesce(i.occurred_from, i.occurred_to, '-infinity')";
const SORT_KEYS: Record<(typeof SORTS)[number], { key: string; descending: boolean }> = {
  occurred: { key: OCCURRED, descending: false },
  '-occurred': { key: OCCURRED, descending: true },
  recorded: { key: 'i.recorded_from', descending: false },
  '-recorded': { key: 'i.recorded_from', descending: true },
};

function queryDigest({ limit: _limit, cursor: _cursor, ...query }: IncidentQuery): string {
  const { after: _after, ...rest } = query as typeof query & { after?: unknown };
  return digestOf(rest);
}

interface Pinned {
  axis: Axis;
  asOf: number;
  final: boolean;
  cuts: PageCursor['cuts'];
  last?: PageCursor;
}

function pinsOf(places: readonly Checkpoint[], asOf: number | undefined): PageCursor['cuts'] {
  return [...cutsOf(places, asOf)].map(([p, { time, offset }]) => [p, time, offset]);
}

async function firstPage(reader: Reader, query: IncidentQuery, now: number): Promise<Pinned> {
  const axis = capped(query, now);
  const places = await checkpoints(reader);
  return {
    axis,
    asOf: axis.asOf ?? presentInstant(places, Date.now()),
    final: isFinal(places, axis.asOf, now),
    cuts: pinsOf(places, axis.asOf),
  };
}

function nextPage(query: IncidentQuery, text: string): Pinned {
  const last = decodeCursor(cursorSchema, text);
  if (last.q !== queryDigest(query))
    throw cursorProblem(
      'It belongs to another query: repeat the query that it came from, unchanged but for limit.',
    );
  const cuts = new Map(last.cuts.map(([p, time, offset]) => [p, { time, offset }]));
  const axis = { knownAt: last.knownAt, cuts };
  return { axis, asOf: last.asOf, final: last.final, cuts: last.cuts, last };
}

/**
 * A page of the incidents that match, in order. Later pages are read at the places of the log that
 * the first was, so that paging is stable while data is written. Throws a `Problem` 400 for a
 * cursor that is not from this query.
 */
export async function listIncidents(
  pool: Pool,
  query: IncidentQuery,
  now: number = Date.now(),
): Promise<IncidentPage> {
  const { sort, limit, cursor } = query;
  const { key, descending } = SORT_KEYS[sort];
  return inSnapshot(pool, async (reader) => {
    const page =
      cursor === undefined ? await firstPage(reader, query, now) : nextPage(query, cursor);
    const { axis, last, ...pinned } = page;
    const merges = await loadMerges(reader, axis);
    const params = new Params();
    const { from, where } = matching(query, axis, merges.merged, params);
    const direction = descending ? 'DESC' : 'ASC';
    const behind = last
      ? `AND (${key}, i.id) ${descending ? '<' : '>'} (${params.add(last.key)}::timestamptz, ${params.add(last.id)}::uuid)`
      : '';
    const rows = await reader.rows<IncidentRow & { key: string }>(
      `SELECT ${INCIDENT_COLUMNS}, (${key})::text AS key FROM ${from} WHERE ${where} ${behind}
       ORDER BY ${key} ${direction}, i.id ${direction} LIMIT ${params.add(limit + 1)}::int`,
      params.values,
    );
    const shown = rows.slice(0, limit);
    const end = rows.length > limit ? shown.at(-1) : undefined;
    const next: PageCursor | undefined = end && {
      q: queryDigest(query),
      key: end.key,
      id: end.id,
      ...pinned,
      ...(axis.knownAt !== undefined && { knownAt: axis.knownAt }),
    };
    return {
      items: shown.map((row) => formOf(row, merges)),
      next: next ? encodeCursor(next) : null,
      asOf: isoInstant(pinned.asOf),
      final: pinned.final,
      ...(await beforeBeginning(reader, cursor === undefined ? axis.asOf : undefined)),
    };
  });
}
