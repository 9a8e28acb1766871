import type { ImportCounts, ImportRun, RowPresence, RowReject } from './events.js';
import type {
  Actor,
  Cause,
  Columns,
  Description,
  Evidence,
  Grade,
  Kind,
  Link,
  Location,
  NewClaim,
  Occurred,
  ResponseBody,
} from './values.js';

interface MayReport {
  /** When its source said so; the ledger's own acts default to the time they are recorded. */
  reportedAt?: string;
}

/** A row of an edition, as an importer hands it over. */
export interface ImportRow {
  dataset: string;
  scope?: string;
  externalId: string;
  edition: string;
  importId: string;
  /** The date that the edition states, or `--reported-at`. */
  reportedAt: string;
  /** What the importer makes of the row. `slot` names the claim's place across editions. */
  record: Description & { claims: RowClaim[] };
  columns: Columns;
  hash: string;
  /**
   * Which fields a column feeds (`adm_1` -> [`location.regionName`]); a changed column that is not
   * here is a revision of `original.<column>`. A claim's fields begin with its slot.
   */
  mapping: Record<string, string[]>;
  /** Columns whose letter case does not matter (place names). */
  caseless?: string[];
}
export type RowClaim = NewClaim & { slot: string };

/** Each command by name, with its data. The stream it is meant for stands beside it. */
export interface CommandDataByName {
  report: Description & { reportedAt: string; claims: NewClaim[] };
  'record-claim': NewClaim;
  'respond-to-claim': ResponseBody & { claimId: string; id?: string };
  'withdraw-claim': MayReport & { claimId: string; reason: string };
  revise: MayReport & {
    kind?: Kind;
    cause?: Cause | null;
    title?: string;
    description?: string | null;
    occurred?: Occurred;
    location?: Location;
    actors?: Actor[];
    reason: string;
  };
  assess: MayReport & { grade: Grade; rationale: string; pinnedClaimId?: string };
  end: MayReport & { end: string; reason?: string };
  reopen: MayReport & { reason?: string };
  'attach-evidence': MayReport & Evidence;
  link: MayReport & Link & { note?: string };
  unlink: MayReport & Link & { reason?: string };
  merge: MayReport & { into: string; reason: string };
  unmerge: MayReport & { reason: string };
  retract: MayReport & { reason: string };
  reinstate: MayReport & { reason: string };
  'import-row': ImportRow;
  delist: RowPresence & { reportedAt: string };
  'start-import': ImportRun & {
    reportedAt: string;
    /** Abandons the run that is under way, in the same breath. */
    takeOver?: boolean;
  };
  'complete-import': MayReport & {
    importId: string;
    counts: ImportCounts;
    rejects: RowReject[];
  };
  'abandon-import': MayReport & { importId: string; reason: string };
}

export type CommandName = keyof CommandDataByName;
export type Command = {
  [N in CommandName]: { command: N; data: CommandDataByName[N] };
}[CommandName];
export type CommandOf<N extends CommandName> = Extract<Command, { command: N }>;
export type ImportCommandName = 'start-import' | 'complete-import' | 'abandon-import';
export type IncidentCommandName = Exclude<CommandName, ImportCommandName>;
export type IncidentCommand = Extract<Command, { command: IncidentCommandName }>;
export type ImportCommand = Extract<Command, { command: ImportCommandName }>;
