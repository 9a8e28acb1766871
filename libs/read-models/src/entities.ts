import { ViewColumn, ViewEntity } from 'typeorm';

const READ_ONLY = { schema: 'live', synchronize: false };

/** An incident as it stands now. The whole of it is in `state`; the other columns serve queries. */
@ViewEntity({ ...READ_ONLY, name: 'incident' })
export class IncidentEntity {
  @ViewColumn() id: string;
  @ViewColumn() version: number;
  @ViewColumn() status: string;
  @ViewColumn() kind: string;
  @ViewColumn() title: string;
  @ViewColumn() country: string | null;
  @ViewColumn() grade: string;
  @ViewColumn() disputed: boolean;
  @ViewColumn() state: unknown;
  @ViewColumn({ name: 'first_recorded' }) firstRecorded: Date;
  @ViewColumn({ name: 'recorded_from' }) recordedFrom: Date;
}

/** What one source says about an incident, as it stands now. */
@ViewEntity({ ...READ_ONLY, name: 'claim' })
export class ClaimEntity {
  @ViewColumn({ name: 'incident_id' }) incidentId: string;
  @ViewColumn({ name: 'claim_id' }) claimId: string;
  @ViewColumn() asserts: string;
  @ViewColumn({ name: 'source_name' }) sourceName: string;
  @ViewColumn() withdrawn: boolean;
  @ViewColumn() disputed: boolean;
  @ViewColumn() data: unknown;
}

/** An import run and what it changed. */
@ViewEntity({ ...READ_ONLY, name: 'import_run' })
export class ImportRunEntity {
  @ViewColumn({ name: 'import_id' }) importId: string;
  @ViewColumn() dataset: string | null;
  @ViewColumn() edition: string | null;
  @ViewColumn() status: string | null;
  @ViewColumn() counts: unknown;
}

export const READ_ENTITIES = [IncidentEntity, ClaimEntity, ImportRunEntity];
