import {
  parseCloudEvent,
  toLedgerEvent,
  UnknownEventError,
  type CloudEvent,
  type LedgerEvent,
} from '#libs/contracts';
import { evolve, type IncidentEvent, type IncidentState, initialState } from '#libs/domain';
import type { Pool } from 'pg';
import { differences, type FieldChange } from './differences.js';
import { noSuchIncident, requireUuid } from './incident.js';
import { describe } from './read-form.js';
import { queryRows } from './snapshot.js';

/** One event of an incident and what it changed. */
export interface IncidentChange {
  version: number;
  /** `incident.relocated` and so on. */
  type: string;
  recordedAt: string;
  reportedAt: string;
  recordedBy: string;
  recordedByRole: string;
  /** Why: the reason or rationale given with it; null where the event needs none. */
  reason: string | null;
  /** The dataset, edition and run that brought it, when it was imported. */
  dataset: string | null;
  edition: string | null;
  importId: string | null;
  /** Its source said so before something that had been recorded earlier. */
  outOfOrder: boolean;
  /** What it changed in the incident as read; empty for the report that began it. */
  fields: FieldChange[];
  position: string;
  /** The CloudEvent as it is stored. */
  event: CloudEvent;
}

export interface IncidentHistory {
  incidentId: string;
  changes: IncidentChange[];
}

/** An event's stored bytes and its place. */
export interface JournalEntry {
  partition: number;
  offset: string;
  import_id: string | null;
  dataset: string | null;
  reported_at: Date;
  bytes: Uint8Array;
}

type IncidentLedgerEvent = LedgerEvent & IncidentEvent;

function isOfIncident(event: LedgerEvent): event is IncidentLedgerEvent {
  return event.type.startsWith('incident.');
}

function reasonOf(event: IncidentEvent): string | null {
  if ('reason' in event.data) return event.data.reason ?? null;
  if ('rationale' in event.data) return event.data.rationale;
  if ('note' in event.data) return event.data.note ?? null;
  return null;
}

function editionOf(event: IncidentEvent): string | null {
  if ('edition' in event.data) return event.data.edition;
  return 'sourceRow' in event.data ? event.data.sourceRow.edition : null;
}

function changedFields(before: IncidentState, after: IncidentState): FieldChange[] {
  if (before.status === 'absent' || after.status === 'absent') return [];
  return differences(describe(before), describe(after));
}

/** The events that one command wrote for one import share its edition. */
function withEditions(changes: IncidentChange[]): IncidentChange[] {
  const editions = new Map<string, string>();
  for (const { importId, edition } of changes)
    if (importId !== null && edition !== null) editions.set(importId, edition);
  return changes.map((change) => ({
    ...change,
    edition: change.edition ?? (change.importId && editions.get(change.importId)) ?? null,
  }));
}

/** Undefined for an event that only a newer version of the software knows. */
function known(stored: CloudEvent): IncidentLedgerEvent | undefined {
  try {
    const event = toLedgerEvent(stored);
    return isOfIncident(event) ? event : undefined;
  } catch (error) {
    if (error instanceof UnknownEventError) return undefined;
    throw error;
  }
}

/**
 * Folds a stream's events, in stream order, into what each of them changed. An event that only a
 * newer version of the software knows is shown, without fields. Pure.
 */
export function changesOf(entries: readonly JournalEntry[]): IncidentChange[] {
  const changes: IncidentChange[] = [];
  let state: IncidentState = initialState;
  let latest = -Infinity;
  for (const { partition, offset, import_id, dataset, reported_at, bytes } of entries) {
    const stored = parseCloudEvent(bytes);
    const event = known(stored);
    const after: IncidentState = event ? evolve(state, event) : state;
    const reported = reported_at.getTime();
    changes.push({
      version: stored.streamversion,
      type: stored.type.replace(/^conflict\./, ''),
      recordedAt: stored.time,
      reportedAt: event?.data.reportedAt ?? reported_at.toISOString(),
      recordedBy: stored.recordedby,
      recordedByRole: stored.recordedbyrole,
      reason: event ? reasonOf(event) : null,
      dataset,
      edition: event ? editionOf(event) : null,
      importId: import_id,
      outOfOrder: reported < latest,
      fields: changedFields(state, after),
      position: `${String(partition)}:${offset}`,
      event: stored,
    });
    state = after;
    latest = Math.max(latest, reported);
  }
  return withEditions(changes);
}

/** Every change of an incident in the order it was recorded. Throws a `Problem` 404 for none. */
export async function incidentHistory(pool: Pool, id: string): Promise<IncidentHistory> {
  const incidentId = requireUuid(id, 'incident');
  const entries = await queryRows<JournalEntry>(
    pool,
    `SELECT partition, "offset", import_id, dataset, reported_at, bytes FROM live.event_journal
     WHERE subject = $1 ORDER BY stream_version`,
    [incidentId],
  );
  const changes = changesOf(entries);
  if (changes.length === 0) throw noSuchIncident(incidentId);
  return { incidentId, changes };
}
