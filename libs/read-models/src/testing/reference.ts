import {
  casualtySummary,
  fold,
  instantRange,
  isDisputed,
  LASTING_KINDS,
  type Recorded,
  reportedInstant,
} from '#libs/domain';
import type { History } from '#libs/testing';
import type { Filter, GroupBy } from '../filters.js';
import type { MergeStanding, Standing } from '../read-form.js';
import type { FigureSums, Sums } from '../stats.js';
import type { Placed } from './ledger-fixture.js';

/**
 * Answers from the log alone: what was recorded and known is folded by the domain's functions, and
 * merges, filters and sums are worked out in the plainest way. Nothing of the queries is used.
 */

export interface Seen {
  id: string;
  state: Recorded;
  standing: Standing;
  merge: MergeStanding;
}

export interface Moment {
  asOf?: number;
  knownAt?: number;
}

interface Edge {
  from: string;
  into: string;
  key: [number, string];
}

/** Every incident that is there at a point of both axes, by id. */
export function seenIncidents(
  history: History,
  placed: readonly Placed[],
  { asOf = Infinity, knownAt = Infinity }: Moment,
): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  const edges: Edge[] = [];
  for (const id of new Set(history.events.map((e) => e.incidentId))) {
    const events = history.events
      .map((e, i) => ({ ...e, at: placed[i], recorded: Date.parse(e.time) }))
      .filter((e) => e.incidentId === id && e.recorded <= asOf)
      .filter((e) => reportedInstant(e.event.data.reportedAt) <= knownAt);
    const state = fold(events.map((e) => e.event));
    const first = events.find((e) => e.event.type === 'incident.reported');
    const last = events.at(-1);
    if (state.status === 'absent' || !first || !last?.at) continue;
    const { merged: _, ...unmerged } = state;
    seen.set(id, {
      id,
      state,
      merge: {},
      standing: {
        id,
        version: last.version,
        status: statusOf(unmerged),
        partition: last.at.partition,
        offset: last.at.offset,
        firstRecorded: first.recorded,
        lastRecorded: last.recorded,
      },
    });
    const merge = events.findLast((e) => e.event.type === 'incident.merged');
    if (state.merged && merge?.at)
      edges.push({ from: id, into: state.merged.into, key: [merge.recorded, merge.at.eventId] });
  }
  resolve(edges, seen);
  return seen;
}

function statusOf(state: Recorded): Standing['status'] {
  if (state.retracted) return 'retracted';
  return LASTING_KINDS.has(state.kind) && state.occurred.end === undefined ? 'open' : 'ended';
}

/** An edge is void when, walking on from it, one comes back to it and it is the last recorded. */
function isVoid(edge: Edge, edges: readonly Edge[]): boolean {
  const walked: Edge[] = [];
  let next: Edge | undefined = edge;
  while (next && !walked.includes(next)) {
    walked.push(next);
    const { into }: Edge = next;
    next = edges.find((e) => e.from === into);
  }
  if (next !== edge) return false;
  const before = (a: Edge, b: Edge) =>
    a.key[0] < b.key[0] || (a.key[0] === b.key[0] && a.key[1] < b.key[1]);
  return walked.every((other) => other === edge || before(other, edge));
}

function resolve(edges: readonly Edge[], seen: ReadonlyMap<string, Seen>): void {
  const valid = edges.filter((e) => !isVoid(e, edges));
  for (const incident of seen.values()) {
    const own = edges.find((e) => e.from === incident.id);
    let into: string | undefined;
    for (let at = own; at && valid.includes(at); at = edges.find((e) => e.from === into))
      into = at.into;
    incident.merge = {
      into,
      voidInto: own && !valid.includes(own) ? own.into : undefined,
      from: valid
        .filter((e) => e.into === incident.id)
        .map((e) => e.from)
        .sort(),
    };
  }
}

/** The time covered, as the rule for `from` and `to` states it; undefined when nothing is known. */
function covered({
  occurred,
}: Recorded): { from: number; until: number; point: boolean } | undefined {
  const start = occurred.start === undefined ? undefined : instantRange(occurred.start);
  const end = occurred.end === undefined ? undefined : instantRange(occurred.end);
  if (!start && !end) return undefined;
  const within = occurred.span === 'within';
  const from = start?.from ?? (within ? -Infinity : (end?.to ?? 0) - 1);
  const dayAfter = start && Math.floor(start.from / 86_400_000) * 86_400_000 + 86_400_000;
  const until = end?.to ?? (within ? Infinity : (dayAfter ?? 0));
  return { from, until, point: from === until };
}

function isDrawable({ location }: Recorded): boolean {
  return (
    location.point !== undefined &&
    (['exact', 'vicinity', 'locality'].includes(location.precision) ||
      (location.precision === 'area' && location.radiusKm !== undefined))
  );
}

export function matches({ state, standing, merge }: Seen, filter: Filter): boolean {
  const { kind, status, country, region, source, dataset, externalId, disputed, bbox } = filter;
  const has = <T>(wanted: readonly T[] | undefined, value: T | undefined): boolean =>
    !wanted || (value !== undefined && wanted.includes(value));
  const shown = merge.into === undefined ? standing.status : 'merged';
  if (!has(status ?? ['open', 'ended'], shown)) return false;
  if (!has(kind, state.kind) || !has(country, state.location.country)) return false;
  if (region) {
    const names = [state.location.region, state.location.regionName].map((n) => n?.toLowerCase());
    if (!region.some((r) => names.includes(r.toLowerCase()))) return false;
  }
  const standingClaims = state.claims.filter((c) => !c.withdrawn);
  if (source && !standingClaims.some((c) => source.includes(c.source.name))) return false;
  const rows = Object.entries(state.rows);
  if (dataset && !rows.some(([name]) => dataset.includes(name))) return false;
  if (externalId && !rows.some(([, row]) => externalId.includes(row.externalId))) return false;
  if (disputed !== undefined && disputed !== isDisputed(state)) return false;
  if (filter.from !== undefined || filter.to !== undefined) {
    const time = covered(state);
    if (!time || time.from > (filter.to ?? Infinity)) return false;
    const from = filter.from ?? -Infinity;
    if (time.point ? time.from < from : time.until <= from) return false;
  }
  if (bbox) {
    const { point } = state.location;
    if (!point || !isDrawable(state)) return false;
    if (point.lat < bbox.s || point.lat > bbox.n) return false;
    const inside =
      bbox.w <= bbox.e
        ? point.lon >= bbox.w && point.lon <= bbox.e
        : point.lon >= bbox.w || point.lon <= bbox.e;
    if (!inside) return false;
  }
  return true;
}

function period(by: GroupBy, day: string): string {
  if (by === 'day') return day;
  if (by === 'month') return day.slice(0, 7);
  if (by === 'year') return day.slice(0, 4);
  // ISO 8601: the week belongs to the year of its Thursday.
  const thursday = new Date(Date.parse(day));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  const week = Math.ceil(((thursday.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7);
  return `${String(year)}-W${String(week).padStart(2, '0')}`;
}

const utcDay = (value: string): string =>
  new Date(instantRange(value).from).toISOString().slice(0, 10);

/** The keys of a group under which an incident counts. */
export function groupKeys(by: GroupBy, { state }: Seen): (string | null)[] {
  switch (by) {
    case 'kind':
      return [state.kind];
    case 'country':
      return [state.location.country ?? null];
    case 'region':
      return [state.location.region ?? state.location.regionName ?? null];
    case 'grade':
      return [state.grade];
    case 'dataset':
      return [Object.keys(state.rows)[0] ?? null];
    case 'actor': {
      const names = new Set(state.actors.map((a) => a.name));
      return names.size > 0 ? [...names] : [null];
    }
    default: {
      const { start, end, span } = state.occurred;
      const last = span === 'lasted' ? start : end;
      if (start === undefined || last === undefined) return [null];
      const key = period(by, utcDay(start));
      return [key === period(by, utcDay(last)) ? key : null];
    }
  }
}

export function sumsOf(seen: readonly Seen[]): Sums {
  const figures = (indicator: 'killed' | 'injured'): FigureSums => {
    const entering = seen.filter(
      ({ state, merge }) =>
        merge.into === undefined &&
        !state.retracted &&
        !state.links.some((l) => l.relation === 'part_of'),
    );
    const stated = entering.flatMap(
      ({ state }) => casualtySummary(state).figures[indicator]?.all ?? [],
    );
    const sum = (of: 'low' | 'best' | 'high'): number | null => {
      const given = stated.map((f) => f[of]).filter((n) => n !== null);
      return given.length === 0 ? null : given.reduce((a, b) => a + b, 0);
    };
    return {
      low: sum('low'),
      best: sum('best'),
      high: sum('high'),
      withoutBest: stated.filter((f) => f.best === null).length,
      openHigh: stated.filter((f) => f.high === null).length,
    };
  };
  const delisted = seen.filter(({ state }) => {
    const rows = Object.values(state.rows);
    return rows.some((r) => r.delistedFrom.length > 0) && rows.every((r) => r.scopes.length === 0);
  });
  return {
    incidents: seen.length,
    disputed: seen.filter(({ state }) => isDisputed(state)).length,
    delisted: delisted.length,
    killed: figures('killed'),
    injured: figures('injured'),
  };
}
