import { incidentIdOf, PARTITIONS } from '#libs/contracts';
import type { Filter, TimeTravel } from './filters.js';
import { allOf, anyOf, type Params } from './sql.js';

/**
 * Where an answer stands on the two axes: `asOf` and `knownAt` in ms, or the log's places that a
 * page was pinned to (`cuts`: per partition the latest recorded time and offset that count).
 */
export interface Axis extends TimeTravel {
  cuts?: ReadonlyMap<number, Cut> | undefined;
}

/** The last event of a partition that counts: recorded at `time` (ms), at `offset`. */
export interface Cut {
  time: number;
  offset: string;
}

/** `asOf` and `knownAt` may be the end of today: nothing after `now` is asked for. */
export function capped({ asOf, knownAt }: TimeTravel, now: number): TimeTravel {
  return {
    asOf: asOf === undefined ? undefined : Math.min(asOf, now),
    knownAt: knownAt === undefined ? undefined : Math.min(knownAt, now),
  };
}

/** A FROM item and the conditions that leave one row per incident. */
export interface Rectangles {
  from: string;
  where: string;
}

function knownSql(alias: string, knownAt: number | undefined, params: Params): string {
  if (knownAt === undefined) return `${alias}.known_to = 'infinity'`;
  const k = params.instant(knownAt);
  return `${alias}.known_from <= ${k} AND ${alias}.known_to > ${k}`;
}

function recordedSql(alias: string, asOf: number | undefined, params: Params): string {
  if (asOf === undefined) return `${alias}.recorded_to = 'infinity'`;
  const a = params.instant(asOf);
  return `${alias}.recorded_from <= ${a} AND ${alias}.recorded_to > ${a}`;
}

/**
 * The state of a table of rectangles at a point of both axes. Without time travel that is the
 * current table, else the view of all rectangles.
 */
export function rectangles(
  { current, all }: { current: string; all: string },
  alias: string,
  axis: Axis,
  params: Params,
): Rectangles {
  const { asOf, knownAt, cuts } = axis;
  if (cuts) return pinned(all, alias, cuts, knownAt, params);
  if (asOf === undefined && knownAt === undefined)
    return {
      from: `${current} ${alias}`,
      where: current === all ? bothEnds(alias) : 'true',
    };
  const where = `${recordedSql(alias, asOf, params)} AND ${knownSql(alias, knownAt, params)}`;
  return { from: `${all} ${alias}`, where };
}

function bothEnds(alias: string): string {
  return `${alias}.recorded_to = 'infinity' AND ${alias}.known_to = 'infinity'`;
}

/**
 * Each partition as it stood at its pinned place. Rectangles of one millisecond are collapsed, so a
 * place within one cannot be told from its end, except for incidents that began after the place.
 */
function pinned(
  all: string,
  alias: string,
  cuts: ReadonlyMap<number, Cut>,
  knownAt: number | undefined,
  params: Params,
): Rectangles {
  // Arrays by partition rather than a join, which would keep indexes from giving the order.
  const of = (value: (cut: Cut) => string): string =>
    params.add(Array.from({ length: PARTITIONS }, (_, p) => maybe(cuts.get(p), value)));
  const at = `(${of(({ time }) => new Date(time).toISOString())}::timestamptz[])[${alias}.partition + 1]`;
  const last = `(${of(({ offset }) => offset)}::bigint[])[${alias}.partition + 1]`;
  const began = `SELECT j."offset" FROM live.event_journal j WHERE j.subject = ${alias}.id::text AND j.stream_version = 1`;
  return {
    from: `${all} ${alias}`,
    where:
      `${alias}.recorded_from <= ${at} AND ${alias}.recorded_to > ${at} AND ` +
      `${knownSql(alias, knownAt, params)} AND NOT (${alias}.first_recorded = ${at} ` +
      `AND ${alias}."offset" > ${last} AND (${began}) > ${last})`,
  };
}

function maybe<T>(value: T | undefined, then: (value: T) => string): string | null {
  return value === undefined ? null : then(value);
}

export const INCIDENTS = { current: 'live.incident', all: 'live.incident_version' };

/**
 * The rows of incidents that a filter matches at a point of the axes. `merged` are the incidents
 * that are merged there (`merges.ts`). `i` is the alias that the conditions speak of.
 */
export function matching(
  filter: Filter,
  axis: Axis,
  merged: readonly string[],
  params: Params,
): Rectangles {
  const { from, where } = rectangles(INCIDENTS, 'i', axis, params);
  return { from, where: allOf([where, ...conditions(filter, merged, params)]) };
}

/** The conditions of a filter on a row `i` of `live.incident` or `live.incident_version`. */
export function conditions(filter: Filter, merged: readonly string[], params: Params): string[] {
  const { kind, country, region, source, dataset, externalId, disputed, bbox } = filter;
  const all = [statusSql(filter.status, merged, params)];
  if (kind) all.push(`i.kind = ANY(${params.text(kind)})`);
  if (country) all.push(`i.country = ANY(${params.text(country.map(asCode))})`);
  if (region) {
    const codes = params.text(region.map((r) => r.toUpperCase()));
    const names = params.text(region.map((r) => r.toLowerCase()));
    all.push(`i.region = ANY(${codes}) OR lower(i.region_name) = ANY(${names})`);
  }
  if (source) all.push(`i.sources && ${params.text(source)}`);
  if (dataset) all.push(`i.datasets && ${params.text(dataset)}`);
  if (externalId) {
    // An importer derives the id from both, so that no search is needed.
    const ids = dataset?.flatMap((d) => externalId.map((e) => incidentIdOf(d, e)));
    if (ids) all.push(`i.id = ANY(${params.uuids(ids)})`);
    all.push(`i.external_ids && ${params.text(externalId)}`);
  }
  if (disputed !== undefined) all.push(disputed ? 'i.disputed' : 'NOT i.disputed');
  if (filter.from !== undefined || filter.to !== undefined)
    all.push(...occurredSql(filter.from, filter.to, params));
  if (bbox) {
    const [w, s, e, n] = [bbox.w, bbox.s, bbox.e, bbox.n].map((v) => `${params.add(v)}::float8`);
    const lon =
      bbox.w <= bbox.e
        ? `i.lon BETWEEN ${String(w)} AND ${String(e)}`
        : `(i.lon >= ${String(w)} OR i.lon <= ${String(e)})`;
    // lat and lon are null where a place may not be drawn, so areas never match.
    all.push(`i.lat BETWEEN ${String(s)} AND ${String(n)} AND ${lon}`);
  }
  return all;
}

/** ISO codes in any case; the name of a state that has none stays as it is. */
function asCode(country: string): string {
  return /^[a-z]{2}$/i.test(country) ? country.toUpperCase() : country;
}

/** True of the incidents that are merged, for a WHERE clause or a select list. */
export function mergedSql(merged: readonly string[], params: Params): string {
  if (merged.length === 0) return 'false';
  return `i.id IN (SELECT unnest(${params.uuids(merged)}))`;
}

function statusSql(status: Filter['status'], merged: readonly string[], params: Params): string {
  const isMerged = mergedSql(merged, params);
  if (!status) return `i.status <> 'retracted' AND NOT ${isMerged}`;
  const own = status.filter((s) => s !== 'merged');
  const accepted = [];
  if (own.length > 0) accepted.push(`i.status = ANY(${params.text(own)}) AND NOT ${isMerged}`);
  if (status.includes('merged')) accepted.push(isMerged);
  return anyOf(accepted);
}

/** From when an incident may have been under way, in terms of the columns. */
const EARLIEST = `CASE WHEN i.occurred_from IS NOT NULL THEN i.occurred_from
  WHEN i.span = 'within' THEN '-infinity' ELSE i.occurred_to - interval '1 millisecond' END`;
const LATEST = `CASE WHEN i.occurred_to IS NOT NULL THEN i.occurred_to
  WHEN i.span = 'within' THEN 'infinity' ELSE (i.day_start + 1)::timestamp AT TIME ZONE 'UTC' END`;

/**
 * The time an incident covers overlaps `[from, to]`. What is unknown is not "now": a `lasted`
 * without an end covers the UTC day of its start, one without a start the moment of its end; a
 * `within` that is open on a side is a window without a bound there; nothing known: no match.
 */
function occurredSql(from: number | undefined, to: number | undefined, params: Params): string[] {
  const all = ['i.occurred_from IS NOT NULL OR i.occurred_to IS NOT NULL'];
  if (to !== undefined) all.push(`${EARLIEST} <= ${params.instant(to)}`);
  if (from !== undefined) {
    const f = params.instant(from);
    // Ends are exclusive, except that an instant (from = to) covers itself.
    all.push(`${LATEST} > ${f} OR ${EARLIEST} >= ${f}`);
  }
  return all;
}
