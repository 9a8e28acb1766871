import {
  instantRange,
  isPlainDate,
  LASTING_KINDS,
  type Recorded,
  reportedInstant,
} from '#libs/domain';
import { SPAN_COLUMNS } from '../incident/columns.js';
import { cutRows, type KeyRow, type PieceRow, pieceRow } from '../incident/cut-rows.js';
import type { StreamChange } from '../incident/stream-change.js';
import type { Rectangle } from '../incident/versions.js';
import { copyRows } from '../pg/copy.js';
import type { Columns, RowOf } from '../pg/types.js';
import type { Projection } from '../projection.js';
import { inForceDdl } from './ddl.js';

const STATE_COLUMNS = {
  incident_id: 'uuid',
  kind: 'text',
  country: 'text',
  region: 'text',
  region_name: 'text',
  district_name: 'text',
  community_name: 'text',
  starts: 'timestamptz',
  ends: 'timestamptz',
  starts_certain: 'bool',
  last_report: 'timestamptz',
} as const satisfies Columns;
const IN_FORCE_COLUMNS = { ...STATE_COLUMNS, ...SPAN_COLUMNS } as const satisfies Columns;
type InForceRow = RowOf<typeof IN_FORCE_COLUMNS>;

/** Alerts, blackouts and displacements, each state with its recorded and known range. */
export const inForceProjection: Projection = {
  name: 'in_force',
  version: 1,
  ddl: inForceDdl,
  views: (schema) => ({ in_force: `SELECT * FROM ${schema}.in_force` }),
  async apply({ client, schema, changes }) {
    const { cut, left, added } = inForceWrites(changes);
    const table = {
      schema,
      name: 'in_force',
      idColumn: 'incident_id',
      stateColumns: Object.keys(STATE_COLUMNS),
    };
    await cutRows(client, table, cut, left);
    await copyRows(client, `${schema}.in_force`, IN_FORCE_COLUMNS, added);
  },
};

export interface InForceWrites {
  cut: KeyRow[];
  left: PieceRow[];
  added: InForceRow[];
}

/** The rows of `in_force` that the changes come to: rectangles whose state can be in force. */
export function inForceWrites(changes: readonly StreamChange[]): InForceWrites {
  const writes: InForceWrites = { cut: [], left: [], added: [] };
  for (const { id, history } of changes) {
    for (const { source, left } of history.cut) {
      if (!canBeInForce(source.state)) continue;
      const key = { source_id: id, source_known_from: source.knownFrom };
      writes.cut.push(key);
      for (const span of left) writes.left.push(pieceRow(key, span));
    }
    for (const rectangle of history.added) {
      if (canBeInForce(rectangle.state)) writes.added.push(inForceRow(id, rectangle));
    }
  }
  return writes;
}

/** What was retracted is never in force; whether it was merged is asked of `incident_merge`. */
function canBeInForce(state: Recorded): boolean {
  return LASTING_KINDS.has(state.kind) && !state.retracted;
}

function inForceRow(id: string, rectangle: Rectangle): InForceRow {
  const { location, kind, occurred, lastReportedAt } = rectangle.state;
  const { start, end } = occurred;
  return {
    incident_id: id,
    kind,
    country: location.country ?? null,
    region: location.region ?? null,
    region_name: location.regionName ?? null,
    district_name: location.districtName ?? null,
    community_name: location.communityName ?? null,
    starts: start === undefined ? null : instantRange(start).from,
    ends: end === undefined ? null : instantRange(end).to,
    starts_certain: start !== undefined && !isPlainDate(start),
    last_report: reportedInstant(lastReportedAt),
    recorded_from: rectangle.recordedFrom,
    recorded_to: rectangle.recordedTo,
    known_from: rectangle.knownFrom,
    known_to: rectangle.knownTo,
  };
}
