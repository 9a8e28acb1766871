import type { ImportReport } from './options.js';

const SHOWN = 10;

function some<T>(all: readonly T[], count: number, text: (item: T) => string): string[] {
  const lines = all.slice(0, SHOWN).map((item) => `  ${text(item)}`);
  return count > lines.length ? [...lines, `  … ${String(count - lines.length)} more`] : lines;
}

/** An import's report for people. */
export function importTable(report: ImportReport, dryRun: boolean): string {
  const number = (n: number): string => n.toLocaleString('en-US');
  const rows: [string, string][] = [
    ['rows', number(report.rows)],
    ['created', number(report.created)],
    ['revised', number(report.revised)],
    ['unchanged', `${number(report.unchanged)} (${number(report.extended)} gained columns)`],
    ['vanished', number(report.vanished)],
    ['reappeared', number(report.reappeared)],
    ['rejected', number(report.rejected)],
    ['events written', number(report.eventsWritten)],
    ['seconds', number(report.seconds)],
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(16)}${value}`);
  const title = dryRun ? 'Dry run: nothing was written' : `Import ${report.importId}`;
  const revised = some(
    report.revisions,
    report.revised,
    (r) => `${r.externalId}: ${r.fields.join(', ')}`,
  );
  const rejected = some(report.rejects, report.rejected, (r) => {
    const cell =
      r.column === undefined ? '' : `${r.column}${r.value === undefined ? '' : ` "${r.value}"`}: `;
    return `record ${String(r.record)}, line ${String(r.line)}: ${cell}${r.reason}`;
  });
  const delisted = some(report.delisted, report.vanished, (id) => id);
  return [
    title,
    ...lines,
    ...(revised.length > 0 ? ['', 'Revised', ...revised] : []),
    ...(delisted.length > 0 ? ['', 'Vanished', ...delisted] : []),
    ...(rejected.length > 0 ? ['', 'Rejected', ...rejected] : []),
  ].join('\n');
}
