import type { CommandDataByName, ImportCommand } from './commands.js';
import { accept, type DecideContext, type Decision, reject } from './decision.js';
import type { ImportEvent } from './events.js';
import { futureReport } from './decide/guards.js';
import { reportedInstant } from './times.js';

/** One import of an edition, as the dataset's stream remembers it. */
export interface KnownRun {
  importId: string;
  edition: string;
  scope?: string;
  reportedAt: string;
  sha256: string;
}

/** The state of a dataset's stream: every run, and the one that is under way. */
export interface ImportsState {
  running?: KnownRun;
  /** The last run of each edition and scope, oldest first. */
  runs: KnownRun[];
}

export const initialImports: ImportsState = { runs: [] };

/** The stream of a dataset's imports: one writer sees all runs of the dataset. */
export function datasetStream(dataset: string): string {
  return `dataset-${dataset}`;
}

export function evolveImports(state: ImportsState, event: ImportEvent): ImportsState {
  switch (event.type) {
    case 'import.started': {
      const { importId, edition, scope, reportedAt, file } = event.data;
      const run: KnownRun = {
        importId,
        edition,
        ...(scope !== undefined && { scope }),
        reportedAt,
        sha256: file.sha256,
      };
      const others = state.runs.filter((r) => r.edition !== edition || r.scope !== scope);
      return { running: run, runs: [...others, run] };
    }
    case 'import.completed':
    case 'import.abandoned':
      return state.running?.importId === event.data.importId ? { runs: state.runs } : state;
    default:
      return event satisfies never;
  }
}

/** Editions speak of the same rows when their scopes are equal or one of them is unbounded. */
function overlap(a: string | undefined, b: string | undefined): boolean {
  return a === b || a === undefined || b === undefined || a === 'all' || b === 'all';
}

function start(
  state: ImportsState,
  { takeOver, ...run }: CommandDataByName['start-import'],
  { now }: DecideContext,
): Decision<ImportEvent> {
  const { running } = state;
  if (running && takeOver !== true)
    return reject(
      'import-running',
      `Import ${running.importId} (edition ${running.edition}) of ${run.dataset} is not completed: ` +
        'wait for it, or import with --take-over, which abandons it.',
    );
  const twin = state.runs.find((r) => r.edition === run.edition && r.scope === run.scope);
  if (twin && twin.sha256 !== run.file.sha256)
    return reject(
      'edition-differs',
      `Edition ${run.edition} of ${run.dataset} was imported from a file with other bytes ` +
        `(SHA-256 ${twin.sha256}): name this one differently with --edition.`,
      'edition',
    );
  const newer = state.runs.find(
    (r) =>
      overlap(r.scope, run.scope) &&
      reportedInstant(r.reportedAt) > reportedInstant(run.reportedAt),
  );
  if (newer)
    return reject(
      'edition-older',
      `Edition ${run.edition} was reported on ${run.reportedAt}, before edition ${newer.edition} ` +
        `(${newer.reportedAt}), which is already imported and would be undone. Import oldest first.`,
      'reportedAt',
    );
  const events: ImportEvent[] = [{ type: 'import.started', data: run }];
  if (running)
    events.unshift({
      type: 'import.abandoned',
      data: {
        reportedAt: now,
        importId: running.importId,
        reason: `taken over by import ${run.importId}`,
      },
    });
  return accept(...events);
}

function notRunning(importId: string): Decision<never> {
  return reject(
    'import-not-running',
    `Import ${importId} is not under way: it was completed, abandoned or taken over.`,
    'importId',
  );
}

/** Decides on a dataset's stream: start, complete or abandon an import. */
export function decideImport(
  state: ImportsState,
  command: ImportCommand,
  context: DecideContext,
): Decision<ImportEvent> {
  const { reportedAt } = command.data;
  const refused =
    reportedAt === undefined ? undefined : futureReport(reportedAt, context.now, 'reportedAt');
  if (refused) return refused;
  switch (command.command) {
    case 'start-import':
      return start(state, command.data, context);
    case 'complete-import': {
      const { data } = command;
      if (state.running?.importId !== data.importId) return notRunning(data.importId);
      const reportedAt = data.reportedAt ?? context.now;
      return accept({ type: 'import.completed', data: { ...data, reportedAt } });
    }
    case 'abandon-import': {
      const { data } = command;
      if (state.running?.importId !== data.importId) return notRunning(data.importId);
      const reportedAt = data.reportedAt ?? context.now;
      return accept({ type: 'import.abandoned', data: { ...data, reportedAt } });
    }
    default:
      return command satisfies never;
  }
}
