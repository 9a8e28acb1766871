import { instantRange, LASTING_KINDS, type Recorded } from '#libs/domain';
import { Problem } from '#libs/platform';
import type { Pool } from 'pg';
import { capped, INCIDENTS, rectangles, conditions } from './filter-sql.js';
import type { Filter, TimeTravel } from './filters.js';
import {
  beforeBeginning,
  checkpoints,
  isFinal,
  positionOf,
  presentInstant,
} from './ledger-state.js';
import { loadMerges } from './merges.js';
import { isoInstant } from './moments.js';
import { inSnapshot } from './snapshot.js';
import { allOf, Params } from './sql.js';

/** How long an incident without an end counts as in force after the last report about it. */
export const OPEN_ENDED = { policy: 'open-ended/v1', ms: 86_400_000 } as const;

export interface InForceItem {
  incidentId: string;
  kind: string;
  country: string | null;
  region: string | null;
  regionName: string | null;
  districtName: string | null;
  communityName: string | null;
  start: string | null;
  end: string | null;
  /** False where the source gives no hour: somewhere within that day. */
  certain: boolean;
}

/** Alerts that name the region, and alerts that name districts or communities in it. */
export interface WholeAndPart {
  whole: number;
  part: number;
}

export type InForceRegion = { region: string | null; regionName: string | null } & Record<
  string,
  string | null | WholeAndPart
>;

export interface InForce {
  at: string;
  inForce: InForceItem[];
  byRegion: InForceRegion[];
  /** Of those in force: the ones that name nothing smaller than a country. */
  countryWide: InForceItem[];
  /** Begun, without a known end, and not heard of for 24 h: nobody says that they still last. */
  endUnknown: InForceItem[];
  policy: typeof OPEN_ENDED.policy;
  asOf: string;
  final: boolean;
  position: string;
  /** Given when `asOf` lies before it. */
  ledgerBegins?: string;
}

type Verdict = { certain: boolean } | 'end-unknown' | 'no';

/**
 * Whether it is in force at an instant (ms): `start <= at < end`; a plain-date start covers its UTC
 * day without certainty, as does the day of a plain-date end and a `within` window. Without an end,
 * until 24 h after the last report about it (`open-ended/v1`), and at least through its first day.
 */
export function standingAt(at: number, { occurred, lastReportedAt }: Recorded): Verdict {
  const start = occurred.start === undefined ? undefined : instantRange(occurred.start);
  const end = occurred.end === undefined ? undefined : instantRange(occurred.end);
  const within = occurred.span === 'within';
  // Nobody knows since when: a window that is open backwards would cover all of history.
  if (!start || at < start.from) return 'no';
  const firstDay = at < start.to;
  if (end) {
    if (at >= end.to) return 'no';
    return { certain: !within && !firstDay && at < end.from };
  }
  const heard = instantRange(lastReportedAt).from + OPEN_ENDED.ms;
  return firstDay || at < heard ? { certain: !within && !firstDay } : 'end-unknown';
}

interface Row {
  id: string;
  state: Recorded;
}

function itemOf({ id, state }: Row, certain: boolean): InForceItem {
  const { location, occurred } = state;
  return {
    incidentId: id,
    kind: state.kind,
    country: location.country ?? null,
    region: location.region ?? null,
    regionName: location.regionName ?? null,
    districtName: location.districtName ?? null,
    communityName: location.communityName ?? null,
    start: occurred.start ?? null,
    end: occurred.end ?? null,
    certain,
  };
}

const namesPart = (i: InForceItem): boolean => i.districtName !== null || i.communityName !== null;
const namesRegion = (i: InForceItem): boolean => i.region !== null || i.regionName !== null;

/** Regions in order of their names; a region is known by its code, else by its name. */
function byRegion(items: readonly InForceItem[], kinds: readonly string[]): InForceRegion[] {
  const regions = new Map<string, InForceRegion>();
  for (const item of items) {
    if (!namesRegion(item)) continue;
    const key = item.region ?? `${item.country ?? ''}/${(item.regionName ?? '').toLowerCase()}`;
    let entry = regions.get(key);
    if (!entry) {
      entry = { region: item.region, regionName: item.regionName };
      for (const kind of kinds) entry[kind] = { whole: 0, part: 0 };
      regions.set(key, entry);
    }
    entry.regionName ??= item.regionName;
    const count = entry[item.kind];
    if (count && typeof count === 'object') count[namesPart(item) ? 'part' : 'whole'] += 1;
  }
  const name = (r: InForceRegion): string => r.regionName ?? r.region ?? '';
  return [...regions.values()].sort((a, b) => (name(a) < name(b) ? -1 : 1));
}

export interface InForceInput extends Filter, TimeTravel {
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * What is in force at an instant, per region and country-wide, among the kinds that last (or those
 * of them that `kind` names), as recorded and as known at a point of both axes.
 */
export async function inForce(
  pool: Pool,
  query: InForceInput,
  now: number = Date.now(),
): Promise<InForce> {
  const { at, kind, ...filter } = query;
  const kinds = (kind ?? [...LASTING_KINDS]).filter((k) => LASTING_KINDS.has(k));
  if (kinds.length === 0)
    throw new Problem({
      status: 400,
      code: 'invalid-query',
      detail: `kind must be one that lasts: ${[...LASTING_KINDS].join(', ')}`,
      errors: [{ path: 'kind', message: `must be one of: ${[...LASTING_KINDS].join(', ')}` }],
    });
  return inSnapshot(pool, async (reader) => {
    const axis = capped(query, now);
    const { merged } = await loadMerges(reader, axis);
    const params = new Params();
    const table = { current: 'live.in_force', all: 'live.in_force' };
    const spans = rectangles(table, 'f', axis, params);
    const { from, where } = rectangles(INCIDENTS, 'i', axis, params);
    const instant = params.instant(at);
    const rows = await reader.rows<Row>(
      `SELECT i.id, i.state FROM ${spans.from} JOIN ${from} ON i.id = f.incident_id
       WHERE f.kind = ANY(${params.text(kinds)}) AND f.starts <= ${instant}
         AND (f.ends IS NULL OR f.ends > ${instant})
         AND ${allOf([spans.where, where, ...conditions({ ...filter }, merged, params)])}
       ORDER BY f.starts, i.id`,
      params.values,
    );
    const items: InForceItem[] = [];
    const endUnknown: InForceItem[] = [];
    for (const row of rows) {
      const verdict = standingAt(at, row.state);
      if (verdict === 'end-unknown') endUnknown.push(itemOf(row, false));
      else if (verdict !== 'no') items.push(itemOf(row, verdict.certain));
    }
    const places = await checkpoints(reader);
    return {
      at: isoInstant(at),
      inForce: items,
      byRegion: byRegion(items, kinds),
      countryWide: items.filter((i) => i.country !== null && !namesRegion(i) && !namesPart(i)),
      endUnknown,
      policy: OPEN_ENDED.policy,
      asOf: isoInstant(axis.asOf ?? presentInstant(places, Date.now())),
      final: isFinal(places, axis.asOf, now),
      position: positionOf(places),
      ...(await beforeBeginning(reader, axis.asOf)),
    };
  });
}
