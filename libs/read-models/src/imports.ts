import { decodeEvent } from '#libs/contracts';
import { type ImportOutcome, importOutcome, type RowReject } from '#libs/domain';
import { Problem } from '#libs/platform';
import type { Pool } from 'pg';
import { requireUuid } from './incident.js';
import { inSnapshot, queryRows, type Reader } from './snapshot.js';

/** An import of an edition. */
export interface ImportSummary {
  importId: string;
  dataset: string | null;
  format: string | null;
  edition: string | null;
  scope: string | null;
  reportedAt: string | null;
  file: { name: string; sha256: string; bytes: number } | null;
  /** `running` until it is completed or abandoned. */
  status: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  recordedBy: string | null;
  /** Why it was abandoned. */
  reason: string | null;
  /** As it was completed; while it runs, what queries show of it so far. */
  counts: Record<string, number>;
}

/** What a run did to one incident. */
export interface ImportChange extends ImportOutcome {
  incidentId: string;
  externalId: string | null;
}

export interface ImportReport extends ImportSummary {
  /** The first 100. */
  rejects: RowReject[];
  /** The first 100 incidents that it revised, dropped or put back; those created are counted. */
  changes: ImportChange[];
}

const SHOWN = 100;

interface RunRow {
  import_id: string;
  dataset: string | null;
  format: string | null;
  edition: string | null;
  scope: string | null;
  reported_at: string | null;
  file: ImportSummary['file'];
  status: string | null;
  started_at: Date | null;
  finished_at: Date | null;
  recorded_by: string | null;
  reason: string | null;
  counts: Record<string, number> | null;
  rejects: RowReject[] | null;
  created: number;
  revised: number;
  unchanged_recorded: number;
  extended: number;
  vanished: number;
  reappeared: number;
  events: number;
}

function summaryOf(row: RunRow): ImportSummary {
  const { created, revised, extended, vanished, reappeared } = row;
  // Unchanged rows write nothing, so that only the importer itself can count them.
  const soFar = { created, revised, extended, vanished, reappeared, eventsWritten: row.events };
  return {
    importId: row.import_id,
    dataset: row.dataset,
    format: row.format,
    edition: row.edition,
    scope: row.scope,
    reportedAt: row.reported_at,
    file: row.file,
    status: row.status,
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    recordedBy: row.recorded_by,
    reason: row.reason,
    counts: row.counts ?? soFar,
  };
}

/** In JCS bytes this stands only where a row revised nothing: within text its quotes are escaped. */
const NOTHING_REVISED = Buffer.from('"fields":[]');

/** What the run did to the first incidents, in order of the log, that it did not only create. */
async function changesOf(reader: Reader, importId: string): Promise<ImportChange[]> {
  const rows = await reader.rows<{ subject: string; bytes: Uint8Array }>(
    `WITH told AS (
       SELECT subject, min(partition) AS p, min("offset") AS o FROM live.event_journal
       WHERE import_id = $1 AND (type IN ('incident.delisted', 'incident.relisted')
         OR type = 'incident.source-row-recorded' AND position($2::bytea IN bytes) = 0)
       GROUP BY subject ORDER BY 2, 3 LIMIT $3
     )
     SELECT e.subject, e.bytes FROM told JOIN live.event_journal e ON e.subject = told.subject
     WHERE e.import_id = $1 ORDER BY told.p, told.o, e.stream_version`,
    [importId, NOTHING_REVISED, SHOWN],
  );
  const streams = new Map<string, ReturnType<typeof decodeEvent>[]>();
  for (const { subject, bytes } of rows) {
    const events = streams.get(subject);
    if (events) events.push(decodeEvent(bytes));
    else streams.set(subject, [decodeEvent(bytes)]);
  }
  const changes: ImportChange[] = [];
  for (const [incidentId, events] of streams) {
    changes.push({ incidentId, externalId: externalIdOf(events), ...importOutcome(events) });
  }
  return changes;
}

function externalIdOf(events: readonly ReturnType<typeof decodeEvent>[]): string | null {
  for (const { data } of events) {
    if ('externalId' in data) return data.externalId;
    if ('sourceRow' in data) return data.sourceRow.externalId;
  }
  return null;
}

/** One import: what it was, its counts, rejected rows and what it changed. Throws 404 for none. */
export async function importRun(pool: Pool, id: string): Promise<ImportReport> {
  const importId = requireUuid(id, 'import');
  return inSnapshot(pool, async (reader) => {
    const [row] = await reader.rows<RunRow>('SELECT * FROM live.import_run WHERE import_id = $1', [
      importId,
    ]);
    if (!row)
      throw new Problem({
        status: 404,
        code: 'import-absent',
        title: 'No such import',
        detail: `No import ${importId} is in this ledger.`,
      });
    const rejects = (row.rejects ?? []).slice(0, SHOWN);
    const changed = row.revised + row.vanished + row.reappeared > 0;
    const changes = changed ? await changesOf(reader, importId) : [];
    return { ...summaryOf(row), rejects, changes };
  });
}

/** The latest imports, of one status when given. */
export async function listImports(
  pool: Pool,
  options: { status?: 'running' | 'completed' | 'abandoned'; limit?: number } = {},
): Promise<ImportSummary[]> {
  const { status = null, limit = SHOWN } = options;
  const rows = await queryRows<RunRow>(
    pool,
    `SELECT * FROM live.import_run WHERE $1::text IS NULL OR status = $1
     ORDER BY started_at DESC NULLS LAST, import_id DESC LIMIT $2`,
    [status, limit],
  );
  return rows.map(summaryOf);
}
