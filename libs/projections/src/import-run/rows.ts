import { importOutcome } from '#libs/domain';
import { isIncidentEvent, type PlacedEvent, type WrittenCommand } from '../batch.js';
import type { Columns, RowOf } from '../pg/types.js';

export const IMPORT_RUN_COLUMNS = {
  import_id: 'uuid',
  dataset: 'text',
  format: 'text',
  edition: 'text',
  scope: 'text',
  reported_at: 'text',
  file: 'jsonb',
  status: 'text',
  started_at: 'timestamptz',
  finished_at: 'timestamptz',
  recorded_by: 'text',
  counts: 'jsonb',
  rejects: 'jsonb',
  reason: 'text',
  created: 'int4',
  revised: 'int4',
  unchanged_recorded: 'int4',
  extended: 'int4',
  vanished: 'int4',
  reappeared: 'int4',
  events: 'int4',
} as const satisfies Columns;
export type ImportRunRow = RowOf<typeof IMPORT_RUN_COLUMNS>;
/** Counters: the batch's rows carry what is to be added. */
export const IMPORT_RUN_COUNTERS = [
  'created',
  'revised',
  'unchanged_recorded',
  'extended',
  'vanished',
  'reappeared',
  'events',
] as const;

type Counter = (typeof IMPORT_RUN_COUNTERS)[number];
type Row = ImportRunRow & Record<Counter, number>;

/**
 * What the batch adds to runs, one row per run in the order of their ids: fields that the run's own
 * events state (null: not stated here), and deltas of the counters, which the events of its rows
 * change in whatever partition they stand.
 */
export function importRunRows(commands: readonly WrittenCommand[]): ImportRunRow[] {
  const rows = new Map<string, Row>();
  const rowOf = (importId: string): Row => {
    let row = rows.get(importId);
    if (!row) rows.set(importId, (row = emptyRow(importId)));
    return row;
  };
  for (const { importId, events } of commands) {
    for (const placed of events) stateRun(placed, rowOf);
    if (importId === undefined) continue;
    const incidentEvents = events.map((e) => e.event).filter(isIncidentEvent);
    if (incidentEvents.length === 0) continue;
    const row = rowOf(importId);
    row.events += incidentEvents.length;
    const { outcome, extended } = importOutcome(incidentEvents);
    row[outcome === 'unchanged' ? 'unchanged_recorded' : outcome] += 1;
    if (extended) row.extended += 1;
  }
  return [...rows.values()].sort((a, b) => ((a.import_id ?? '') < (b.import_id ?? '') ? -1 : 1));
}

/** What the run's own events say about it. */
function stateRun({ event, recorded }: PlacedEvent, rowOf: (importId: string) => Row): void {
  switch (event.type) {
    case 'import.started': {
      const { importId, dataset, format, edition, scope, reportedAt, file } = event.data;
      Object.assign(rowOf(importId), {
        dataset,
        format,
        edition,
        scope: scope ?? null,
        reported_at: reportedAt,
        file: JSON.stringify(file),
        status: 'running',
        started_at: recorded,
        recorded_by: event.recordedBy,
      } satisfies Partial<ImportRunRow>);
      break;
    }
    case 'import.completed':
      Object.assign(rowOf(event.data.importId), {
        status: 'completed',
        finished_at: recorded,
        counts: JSON.stringify(event.data.counts),
        rejects: JSON.stringify(event.data.rejects),
      } satisfies Partial<ImportRunRow>);
      break;
    case 'import.abandoned':
      Object.assign(rowOf(event.data.importId), {
        status: 'abandoned',
        finished_at: recorded,
        reason: event.data.reason,
      } satisfies Partial<ImportRunRow>);
      break;
    default:
  }
}

function emptyRow(importId: string): Row {
  return {
    import_id: importId,
    dataset: null,
    format: null,
    edition: null,
    scope: null,
    reported_at: null,
    file: null,
    status: null,
    started_at: null,
    finished_at: null,
    recorded_by: null,
    counts: null,
    rejects: null,
    reason: null,
    created: 0,
    revised: 0,
    unchanged_recorded: 0,
    extended: 0,
    vanished: 0,
    reappeared: 0,
    events: 0,
  };
}
