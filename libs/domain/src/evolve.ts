import type { IncidentEvent, RowPresence, SourceRow } from './events.js';
import type { Absent, ClaimState, IncidentState, Recorded, RowState } from './state.js';
import { latestReport } from './times.js';
import { LASTING_KINDS, type Link } from './values.js';

export const initialState: Absent = { status: 'absent' };

/**
 * The events by which somebody reports about an incident, as against the ledger's own acts on it: a
 * link made or a typo mended years later does not keep an alert in force.
 */
const REPORTS: ReadonlySet<IncidentEvent['type']> = new Set([
  'incident.claim-recorded',
  'incident.claim-responded',
  'incident.reopened',
  'incident.source-row-recorded',
  'incident.relisted',
] as const);

/** Lasting kinds are open until they have an end; a merge hides a retraction, both hide the rest. */
function withStatus(state: Recorded): Recorded {
  let status: Recorded['status'] = 'ended';
  if (state.merged) status = 'merged';
  else if (state.retracted) status = 'retracted';
  else if (LASTING_KINDS.has(state.kind) && state.occurred.end === undefined) status = 'open';
  return status === state.status ? state : { ...state, status };
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = value;
  return rest;
}

function mapClaim(
  state: Recorded,
  id: string,
  change: (claim: ClaimState) => ClaimState,
): Recorded {
  if (!state.claims.some((c) => c.id === id)) return state;
  return { ...state, claims: state.claims.map((c) => (c.id === id ? change(c) : c)) };
}

/** What a dataset last said, whatever its name (a dataset may be called `constructor`). */
export function rowOf(state: Recorded, dataset: string): RowState | undefined {
  return Object.hasOwn(state.rows, dataset) ? state.rows[dataset] : undefined;
}

export function hasLink(state: Recorded, { relation, to }: Link): boolean {
  return state.links.some((l) => l.relation === relation && l.to === to);
}

function listIn(row: RowState, scope: string | undefined): RowState {
  if (scope === undefined || row.scopes.includes(scope)) return row;
  return {
    ...row,
    scopes: [...row.scopes, scope],
    delistedFrom: row.delistedFrom.filter((s) => s !== scope),
  };
}

function withRow(state: Recorded, source: SourceRow): Recorded {
  const before = rowOf(state, source.dataset);
  const row: RowState = {
    externalId: source.externalId,
    edition: source.edition,
    hash: source.hash,
    scopes: before?.scopes ?? [],
    delistedFrom: before?.delistedFrom ?? [],
    columns: before ? { ...before.columns, ...source.columns } : source.columns,
    claims: source.claims,
  };
  return { ...state, rows: { ...state.rows, [source.dataset]: listIn(row, source.scope) } };
}

function withPresence(state: Recorded, presence: RowPresence, listed: boolean): Recorded {
  const { dataset, scope } = presence;
  const row = rowOf(state, dataset);
  if (!row) return state;
  const changed = listed
    ? listIn(row, scope)
    : {
        ...row,
        scopes: row.scopes.filter((s) => s !== scope),
        delistedFrom: row.delistedFrom.includes(scope)
          ? row.delistedFrom
          : [...row.delistedFrom, scope],
      };
  return { ...state, rows: { ...state.rows, [dataset]: changed } };
}

function reported(data: Extract<IncidentEvent, { type: 'incident.reported' }>['data']): Recorded {
  // Written out: copying "all but three" keys is many times as slow, and this is an import's path.
  const { kind, title, description, occurred, location, actors, cause } = data;
  const { reportedAt, claims, sourceRow } = data;
  const state: Recorded = {
    kind,
    title,
    ...(description !== undefined && { description }),
    occurred,
    location,
    actors,
    ...(cause !== undefined && { cause }),
    status: 'ended',
    claims: claims.map((c) => ({ ...c, responses: [] })),
    grade: 'unassessed',
    evidence: [],
    links: [],
    rows: {},
    lastReportedAt: reportedAt,
  };
  return sourceRow ? withRow(state, sourceRow) : state;
}

function change(state: Recorded, event: IncidentEvent): Recorded {
  switch (event.type) {
    case 'incident.reported':
      return state;
    case 'incident.claim-recorded': {
      const { claim } = event.data;
      if (state.claims.some((c) => c.id === claim.id)) return state;
      return { ...state, claims: [...state.claims, { ...claim, responses: [] }] };
    }
    case 'incident.claim-responded': {
      const { claimId, response } = event.data;
      return mapClaim(state, claimId, (c) => ({ ...c, responses: [...c.responses, response] }));
    }
    case 'incident.claim-withdrawn': {
      const { claimId, reason } = event.data;
      return mapClaim(state, claimId, (c) => ({ ...c, withdrawn: { reason } }));
    }
    case 'incident.reclassified': {
      const { kind = state.kind, cause } = event.data;
      if (cause === undefined) return { ...state, kind };
      return cause === null ? { ...without(state, 'cause'), kind } : { ...state, kind, cause };
    }
    case 'incident.relocated':
      return { ...state, location: event.data.location };
    case 'incident.redated':
      return { ...state, occurred: event.data.occurred };
    case 'incident.actors-revised':
      return { ...state, actors: event.data.actors };
    case 'incident.redescribed': {
      const { title = state.title, description } = event.data;
      if (description === undefined) return { ...state, title };
      return description === null
        ? { ...without(state, 'description'), title }
        : { ...state, title, description };
    }
    case 'incident.assessed': {
      const { grade, rationale, pinnedClaimId } = event.data;
      return {
        ...state,
        grade,
        assessment: { rationale, ...(pinnedClaimId !== undefined && { pinnedClaimId }) },
      };
    }
    case 'incident.ended':
      return { ...state, occurred: { ...state.occurred, end: event.data.end } };
    case 'incident.reopened':
      return { ...state, occurred: without(state.occurred, 'end') };
    case 'incident.evidence-attached': {
      const { evidence } = event.data;
      if (state.evidence.some((e) => e.sha256 === evidence.sha256)) return state;
      return { ...state, evidence: [...state.evidence, evidence] };
    }
    case 'incident.linked': {
      // Linked, unlinked, linked again: as known before the second was reported, still one link.
      const { relation, to } = event.data;
      if (hasLink(state, event.data)) return state;
      return { ...state, links: [...state.links, { relation, to }] };
    }
    case 'incident.unlinked': {
      const { relation, to } = event.data;
      if (!hasLink(state, event.data)) return state;
      const links = state.links.filter((l) => l.relation !== relation || l.to !== to);
      return { ...state, links };
    }
    case 'incident.merged': {
      const { into, reason } = event.data;
      return { ...state, merged: { into, reason } };
    }
    case 'incident.unmerged':
      return state.merged ? without(state, 'merged') : state;
    case 'incident.retracted':
      return { ...state, retracted: { reason: event.data.reason } };
    case 'incident.reinstated':
      return state.retracted ? without(state, 'retracted') : state;
    case 'incident.source-row-recorded':
      return withRow(state, event.data.sourceRow);
    case 'incident.relisted':
      return withPresence(state, event.data, true);
    case 'incident.delisted':
      return withPresence(state, event.data, false);
    default:
      return event satisfies never;
  }
}

/**
 * The next state. Never throws: an event about a claim, link, row or incident that is not there
 * returns the very state it was given, which happens when a part of a history is folded as known at
 * a date.
 */
export function evolve(state: IncidentState, event: IncidentEvent): IncidentState {
  if (state.status === 'absent')
    return event.type === 'incident.reported' ? withStatus(reported(event.data)) : state;
  const next = change(state, event);
  if (next === state) return state;
  if (!REPORTS.has(event.type)) return withStatus(next);
  const lastReportedAt = latestReport(state.lastReportedAt, event.data.reportedAt);
  return withStatus(lastReportedAt === next.lastReportedAt ? next : { ...next, lastReportedAt });
}

/** Folds a history, or any part of one, in stream order. */
export function fold(
  events: Iterable<IncidentEvent>,
  from: IncidentState = initialState,
): IncidentState {
  let state = from;
  for (const event of events) state = evolve(state, event);
  return state;
}
