import type { Claim, Columns, Description, Evidence, Grade, Link, Response } from './values.js';

export type ClaimState = Claim & { withdrawn?: { reason: string }; responses: Response[] };

/** What a dataset last said in a row about this incident. */
export interface RowState {
  externalId: string;
  edition: string;
  hash: string;
  /** Scopes that list it now. */
  scopes: string[];
  /** Scopes that listed it once and no longer do. */
  delistedFrom: string[];
  columns: Columns;
  /** Slot (`casualties.killed.all`) to the claim that stands for it now. */
  claims: Record<string, string>;
}

/** The stream has no incident yet. */
export interface Absent {
  status: 'absent';
}

/** An incident's state without its stream version, which is kept beside it. */
export interface Recorded extends Description {
  status: 'open' | 'ended' | 'retracted' | 'merged';
  claims: ClaimState[];
  grade: Grade;
  assessment?: { rationale: string; pinnedClaimId?: string };
  evidence: Evidence[];
  links: Link[];
  retracted?: { reason: string };
  merged?: { into: string; reason: string };
  /** By dataset name. */
  rows: Record<string, RowState>;
  /** The latest `reportedAt` of what was reported about it; the ledger's own acts don't count. */
  lastReportedAt: string;
}

export type IncidentState = Absent | Recorded;
