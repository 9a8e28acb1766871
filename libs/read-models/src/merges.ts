import { type Axis, INCIDENTS, rectangles } from './filter-sql.js';
import type { Reader } from './snapshot.js';
import { Params } from './sql.js';

/** That an incident was merged into another, as it stands at a point of both axes. */
export interface MergeEdge {
  from: string;
  into: string;
  /** Of the merge event: recorded when (ms), and its id. Both decide which edge of a cycle is void. */
  recordedAt: number;
  eventId: string;
}

/** What the merges valid at one point come to. */
export interface Merges {
  /** Incident to the incident at the end of its chain. */
  final: ReadonlyMap<string, string>;
  /** Incident to those merged into it directly. */
  sources: ReadonlyMap<string, readonly string[]>;
  /** Incident to the target of its void merge. */
  void: ReadonlyMap<string, string>;
  /** The incidents that are merged. */
  merged: readonly string[];
}

function later(a: MergeEdge, b: MergeEdge): MergeEdge {
  if (a.recordedAt !== b.recordedAt) return a.recordedAt > b.recordedAt ? a : b;
  return a.eventId > b.eventId ? a : b;
}

/**
 * Of every cycle the edge recorded last (then by event id) is void: two merges that cross (A into
 * B, B into A) are on two streams, so no writer could refuse the second. An incident has one merge
 * at a time, so cycles share no edge.
 */
function voidEdges(byFrom: ReadonlyMap<string, MergeEdge>): Map<string, string> {
  const voided = new Map<string, string>();
  const done = new Set<string>();
  for (const start of byFrom.keys()) {
    const path: MergeEdge[] = [];
    const places = new Map<string, number>();
    let edge = byFrom.get(start);
    while (edge && !done.has(edge.from) && !places.has(edge.from)) {
      places.set(edge.from, path.length);
      path.push(edge);
      edge = byFrom.get(edge.into);
    }
    const entry = edge && places.get(edge.from);
    if (entry !== undefined) {
      const last = path.slice(entry).reduce(later);
      voided.set(last.from, last.into);
    }
    for (const { from } of path) done.add(from);
  }
  return voided;
}

/** Resolves the edges valid at one point, at most one for each incident. */
export function resolveMerges(edges: readonly MergeEdge[]): Merges {
  const byFrom = new Map(edges.map((edge) => [edge.from, edge]));
  const voided = voidEdges(byFrom);
  const target = new Map<string, string>();
  const sources = new Map<string, string[]>();
  for (const { from, into } of byFrom.values()) {
    if (voided.has(from)) continue;
    target.set(from, into);
    const others = sources.get(into);
    if (others) others.push(from);
    else sources.set(into, [from]);
  }
  const final = new Map<string, string>();
  for (const from of target.keys()) {
    let end = from;
    for (let next = target.get(end); next !== undefined; next = target.get(end)) end = next;
    final.set(from, end);
  }
  for (const list of sources.values()) list.sort();
  return { final, sources, void: voided, merged: [...final.keys()] };
}

/** The incidents that were ever merged; `about` one: those on its way, and those merged into it. */
async function candidates(reader: Reader, about: string | undefined): Promise<string[]> {
  const rows =
    about === undefined
      ? await reader.rows<{ id: string }>('SELECT DISTINCT from_id AS id FROM live.incident_merge')
      : await reader.rows<{ id: string }>(
          `WITH RECURSIVE way(id) AS (
             SELECT $1::uuid
             UNION SELECT m.into_id FROM live.incident_merge m JOIN way ON way.id = m.from_id
           )
           SELECT m.from_id AS id FROM live.incident_merge m JOIN way ON way.id = m.from_id
           UNION SELECT from_id FROM live.incident_merge WHERE into_id = $1`,
          [about],
        );
  return rows.map((row) => row.id);
}

/**
 * The merges at a point of both axes; with `about`, those that matter to that incident. Whether an
 * incident is merged, and into what, its own state there says, which is the fold of what was
 * recorded and known; `incident_merge` only tells which incidents to ask, and when it was recorded.
 */
export async function loadMerges(reader: Reader, axis: Axis, about?: string): Promise<Merges> {
  // Merges are few. Asked for first, they spare the planner a guess that costs a scan of all.
  const ids = await candidates(reader, about);
  if (ids.length === 0) return resolveMerges([]);
  const params = new Params();
  const { from, where } = rectangles(INCIDENTS, 'i', axis, params);
  const known =
    axis.knownAt === undefined ? '' : `AND e.known_from <= ${params.instant(axis.knownAt)}`;
  const rows = await reader.rows<{ from: string; into: string; at: Date; event_id: string }>(
    `SELECT i.id AS from, m.into_id AS into, m.recorded_from AS at, m.event_id
     FROM ${from}
     JOIN LATERAL (
       SELECT e.into_id, e.recorded_from, e.event_id FROM live.incident_merge e
       WHERE e.from_id = i.id AND e.into_id = (i.state -> 'merged' ->> 'into')::uuid
         AND e.recorded_from <= i.recorded_from ${known}
       ORDER BY e.recorded_from DESC, e.event_id DESC LIMIT 1
     ) m ON true
     WHERE i.id = ANY(${params.uuids(ids)}) AND ${where}`,
    params.values,
  );
  return resolveMerges(
    rows.map((r) => ({
      from: r.from,
      into: r.into,
      recordedAt: r.at.getTime(),
      eventId: r.event_id,
    })),
  );
}
