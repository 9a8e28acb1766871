import type { ImportRow } from '#libs/domain';
import type { ReadRow } from '#libs/importers';

/** One run, as all its commands name it. */
export interface Run {
  importId: string;
  dataset: string;
  edition: string;
  scope?: string;
  reportedAt: string;
}

/** Where a row stands in the file, and whose it is. */
export interface RowPlace {
  record: number;
  line: number;
  externalId: string;
}

/**
 * Writes `import-row` lines. What all rows of a run share is turned into JSON once; with the key
 * `<importId>/<record>`, a line that is sent again is recorded once.
 */
export class RowLines {
  private readonly head: string;
  private readonly shared: string;
  private mapping: ImportRow['mapping'] | undefined;
  private tail = '';

  constructor(private readonly run: Run) {
    const { importId, dataset, edition, scope } = run;
    this.head = `{"command":"import-row","idempotencyKey":"${importId}/`;
    this.shared = JSON.stringify({
      dataset,
      ...(scope !== undefined && { scope }),
      edition,
      importId,
    });
  }

  line(record: number, row: ReadRow): string {
    if (row.mapping !== this.mapping) {
      this.mapping = row.mapping;
      // In the order of the stored form, which spares the recorder sorting.
      const mapping = Object.fromEntries(Object.entries(row.mapping).sort());
      this.tail = `,"mapping":${JSON.stringify(mapping)},"caseless":${JSON.stringify(row.caseless)}}}`;
    }
    return (
      `${this.head}${String(record)}","data":${this.shared.slice(0, -1)}` +
      `,"externalId":${JSON.stringify(row.externalId)}` +
      `,"reportedAt":"${row.reportedAt ?? this.run.reportedAt}"` +
      `,"record":${JSON.stringify(row.record)},"columns":${JSON.stringify(row.columns)}` +
      `,"hash":"${row.hash}"${this.tail}`
    );
  }
}

/** The line that delists a row which the edition no longer has. */
export function delistLine(
  run: Run,
  scope: string,
  incidentId: string,
  externalId: string,
): string {
  const { importId, dataset, edition, reportedAt } = run;
  return JSON.stringify({
    command: 'delist',
    idempotencyKey: `${importId}/delist/${incidentId}`,
    data: { dataset, scope, externalId, edition, importId, reportedAt },
  });
}
