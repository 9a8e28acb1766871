import {
  casualtySummary,
  instantRange,
  isDisputed,
  LASTING_KINDS,
  type Location,
  type Occurred,
  type Recorded,
} from '#libs/domain';
import type { IncidentRow } from './columns.js';
import type { StreamChange } from './stream-change.js';
import type { Rectangle } from './versions.js';

/** The row of a rectangle in `incident` or `incident_past`. */
export function incidentRow(
  { id, partition, firstRecorded }: Pick<StreamChange, 'id' | 'partition' | 'firstRecorded'>,
  rectangle: Rectangle,
): IncidentRow {
  const { state } = rectangle;
  const rows = Object.values(state.rows);
  return {
    id,
    version: rectangle.version,
    status: unmergedStatus(state),
    kind: state.kind,
    title: state.title,
    ...occurredColumns(state.occurred),
    ...placeColumns(state.location),
    grade: state.grade,
    disputed: isDisputed(state),
    // In an order of their own: jsonb does not keep that of keys.
    datasets: Object.keys(state.rows).sort(),
    external_ids: [...new Set(rows.map((row) => row.externalId))].sort(),
    sources: [...new Set(state.claims.filter((c) => !c.withdrawn).map((c) => c.source.name))],
    listed:
      rows.every((row) => row.delistedFrom.length === 0) || rows.some((r) => r.scopes.length > 0),
    part_of: state.links.some((link) => link.relation === 'part_of'),
    ...casualtyColumns(state),
    first_recorded: firstRecorded,
    partition,
    offset: rectangle.offset,
    state: JSON.stringify(state),
    recorded_from: rectangle.recordedFrom,
    recorded_to: rectangle.recordedTo,
    known_from: rectangle.knownFrom,
    known_to: rectangle.knownTo,
  };
}

/** What the status is apart from any merge: whether one is valid is asked of `incident_merge`. */
export function unmergedStatus(state: Recorded): 'open' | 'ended' | 'retracted' {
  if (state.status !== 'merged') return state.status;
  if (state.retracted) return 'retracted';
  return LASTING_KINDS.has(state.kind) && state.occurred.end === undefined ? 'open' : 'ended';
}

function occurredColumns({ start, end, span }: Occurred) {
  const from = start === undefined ? null : instantRange(start).from;
  const endRange = end === undefined ? null : instantRange(end);
  const last = span === 'lasted' ? from : (endRange?.from ?? null);
  const grouped = from !== null && last !== null;
  return {
    occurred_from: from,
    occurred_to: endRange?.to ?? null,
    span,
    day_start: grouped ? from : null,
    day_end: grouped ? last : null,
  };
}

function placeColumns(location: Location) {
  const { point, precision, radiusKm } = location;
  const place = isDrawable(location) ? point : undefined;
  return {
    country: location.country ?? null,
    region: location.region ?? null,
    region_name: location.regionName ?? null,
    district_name: location.districtName ?? null,
    community_name: location.communityName ?? null,
    place_precision: precision,
    lat: place?.lat ?? null,
    lon: place?.lon ?? null,
    radius_km: radiusKm ?? null,
  };
}

/** Only these are places; the rest are areas without a shape. */
function isDrawable({ precision, radiusKm }: Location): boolean {
  if (precision === 'area') return radiusKm !== undefined;
  return precision === 'exact' || precision === 'vicinity' || precision === 'locality';
}

/** Policy standing-claims/v1 over the whole population, no side, no counter. */
function casualtyColumns(state: Recorded) {
  const figures = state.claims.length > 0 ? casualtySummary(state).figures : {};
  const killed = figures.killed?.all;
  const injured = figures.injured?.all;
  return {
    killed_low: killed?.low ?? null,
    killed_best: killed?.best ?? null,
    killed_high: killed?.high ?? null,
    killed_claims: killed !== undefined,
    injured_low: injured?.low ?? null,
    injured_best: injured?.best ?? null,
    injured_high: injured?.high ?? null,
    injured_claims: injured !== undefined,
  };
}
