import type { Columns, RowOf } from '../pg/types.js';

/** What identifies and bounds a rectangle (see `versions.ts`). */
export const SPAN_COLUMNS = {
  recorded_from: 'timestamptz',
  recorded_to: 'timestamptz',
  known_from: 'timestamptz',
  known_to: 'timestamptz',
} as const satisfies Columns;

/** Columns of `incident` and `incident_past`, but for the four of the span. */
export const STATE_COLUMNS = {
  id: 'uuid',
  version: 'int4',
  status: 'text',
  kind: 'text',
  title: 'text',
  occurred_from: 'timestamptz',
  occurred_to: 'timestamptz',
  span: 'text',
  day_start: 'date',
  day_end: 'date',
  country: 'text',
  region: 'text',
  region_name: 'text',
  district_name: 'text',
  community_name: 'text',
  place_precision: 'text',
  lat: 'float8',
  lon: 'float8',
  radius_km: 'float8',
  grade: 'text',
  disputed: 'bool',
  datasets: 'text[]',
  external_ids: 'text[]',
  sources: 'text[]',
  listed: 'bool',
  part_of: 'bool',
  killed_low: 'int4',
  killed_best: 'int4',
  killed_high: 'int4',
  killed_claims: 'bool',
  injured_low: 'int4',
  injured_best: 'int4',
  injured_high: 'int4',
  injured_claims: 'bool',
  first_recorded: 'timestamptz',
  partition: 'int4',
  offset: 'int8',
  state: 'jsonb',
} as const satisfies Columns;

export const INCIDENT_COLUMNS = { ...STATE_COLUMNS, ...SPAN_COLUMNS } as const satisfies Columns;
export type IncidentRow = RowOf<typeof INCIDENT_COLUMNS>;
