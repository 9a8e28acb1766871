import type { Recorded } from '#libs/domain';
import type { Merges } from './merges.js';
import { type IncidentForm, readForm } from './read-form.js';

/** A row of `incident_version` with what a read form needs. */
export interface IncidentRow {
  id: string;
  version: number;
  status: 'open' | 'ended' | 'retracted';
  partition: number;
  /** bigint comes as text. */
  offset: string;
  first_recorded: Date;
  /** When the last event in it was recorded: it is that event that made the row. */
  recorded_from: Date;
  state: Recorded;
}

export const INCIDENT_COLUMNS = `i.id, i.version, i.status, i.partition, i."offset",
  i.first_recorded, i.recorded_from, i.state`;

export function formOf(row: IncidentRow, merges: Merges): IncidentForm {
  return readForm(
    row.state,
    {
      id: row.id,
      version: row.version,
      status: row.status,
      partition: row.partition,
      offset: row.offset,
      firstRecorded: row.first_recorded.getTime(),
      lastRecorded: row.recorded_from.getTime(),
    },
    {
      into: merges.final.get(row.id),
      from: merges.sources.get(row.id),
      voidInto: merges.void.get(row.id),
    },
  );
}
