import type {
  Actor,
  Cause,
  Claim,
  Columns,
  Description,
  Evidence,
  Grade,
  Kind,
  Link,
  Location,
  Occurred,
  Response,
} from './values.js';

/** Every event says when its source said so: a plain date or an instant. */
interface Reported {
  reportedAt: string;
}

/** An importer's row as it stands in an event: the whole row at first, then what is new in it. */
export interface SourceRow {
  dataset: string;
  /** What the edition is complete for: `all` or a country code. Absent: an extract, lists nothing. */
  scope?: string;
  externalId: string;
  edition: string;
  importId: string;
  /** SHA-256 of the row's normalised columns, hex. */
  hash: string;
  /** All columns when the row is new to this ledger, else only those that are new or changed. */
  columns: Columns;
  /** Which recorded claims came from this row: slot (`casualties.killed.all`) to claim id. */
  claims: Record<string, string>;
}

export interface EventDataByType {
  'ledger.created': Reported & { ledgerId: string };
  'incident.reported': Reported & Description & { claims: Claim[]; sourceRow?: SourceRow };
  'incident.claim-recorded': Reported & { claim: Claim };
  'incident.claim-responded': Reported & { claimId: string; response: Response };
  'incident.claim-withdrawn': Reported & { claimId: string; reason: string };
  'incident.reclassified': Reported & { kind?: Kind; cause?: Cause | null; reason: string };
  'incident.relocated': Reported & { location: Location; reason: string };
  'incident.redated': Reported & { occurred: Occurred; reason: string };
  'incident.actors-revised': Reported & { actors: Actor[]; reason: string };
  'incident.redescribed': Reported & {
    title?: string;
    description?: string | null;
    reason: string;
  };
  'incident.assessed': Reported & { grade: Grade; rationale: string; pinnedClaimId?: string };
  'incident.ended': Reported & { end: string; reason?: string };
  'incident.reopened': Reported & { reason?: string };
  'incident.evidence-attached': Reported & { evidence: Evidence };
  'incident.linked': Reported & Link & { note?: string };
  'incident.unlinked': Reported & Link & { reason?: string };
  'incident.merged': Reported & { into: string; reason: string };
  'incident.unmerged': Reported & { from: string; reason: string };
  'incident.retracted': Reported & { reason: string };
  'incident.reinstated': Reported & { reason: string };
  'incident.source-row-recorded': Reported & {
    sourceRow: SourceRow;
    /** Fields that this row revised, by name (`location.point`, `original.event_clarity`). */
    fields: string[];
  };
  'incident.relisted': Reported & RowPresence;
  'incident.delisted': Reported & RowPresence;
  'import.started': Reported & ImportRun;
  'import.completed': Reported & { importId: string; counts: ImportCounts; rejects: RowReject[] };
  'import.abandoned': Reported & { importId: string; reason: string };
}

export interface RowPresence {
  dataset: string;
  scope: string;
  externalId: string;
  edition: string;
  importId: string;
}

export interface ImportRun {
  /** UUIDv7 of the run. */
  importId: string;
  dataset: string;
  /** The file's format, e.g. `ucdp-ged`. */
  format: string;
  edition: string;
  scope?: string;
  file: { name: string; sha256: string; bytes: number };
}

/** What a run did. `rows` = created + revised + unchanged + reappeared + rejected. */
export interface ImportCounts {
  rows: number;
  created: number;
  revised: number;
  unchanged: number;
  /** Of the unchanged: rows that only gained columns. */
  extended: number;
  vanished: number;
  reappeared: number;
  rejected: number;
  /** Incident events written. */
  eventsWritten: number;
}

/** A row that could not be read. `record` counts records from 1, `line` physical lines from 1. */
export interface RowReject {
  record: number;
  line: number;
  column?: string;
  value?: string;
  reason: string;
}

export type EventName = keyof EventDataByType;
/** An event as the domain sees it: its name and its data; the envelope is `contracts`' matter. */
export type DomainEvent = {
  [T in EventName]: { type: T; data: EventDataByType[T] };
}[EventName];
export type EventOf<T extends EventName> = Extract<DomainEvent, { type: T }>;
export type IncidentEventName = Extract<EventName, `incident.${string}`>;
export type IncidentEvent = Extract<DomainEvent, { type: IncidentEventName }>;
export type ImportEventName = Extract<EventName, `import.${string}`>;
export type ImportEvent = Extract<DomainEvent, { type: ImportEventName }>;
