import { hash } from 'node:crypto';
import { normaliseCell } from '#libs/domain';

/**
 * The rows of one file by column, and their hashes: SHA-256 (hex) of the JCS form (RFC 8785) of the columns, each cell
 * normalised by the domain's comparison, so that rows which differ in spelling only hash alike.
 * The keys are sorted once; with sorted keys JSON.stringify of strings is the JCS form.
 */
export class RowHasher {
  private readonly order: { index: number; column: string; key: string }[];

  constructor(
    header: readonly string[],
    private readonly caseless: ReadonlySet<string>,
  ) {
    this.order = header
      .map((column, index) => ({ index, column, key: `${JSON.stringify(column)}:` }))
      .sort((a, b) => (a.column < b.column ? -1 : a.column > b.column ? 1 : 0));
  }

  hash(cells: readonly string[]): string {
    let text = '{';
    for (const { index, column, key } of this.order) {
      if (text.length > 1) text += ',';
      text += key + JSON.stringify(normaliseCell(column, cells[index] ?? '', this.caseless));
    }
    return hash('sha256', `${text}}`);
  }

  /** The columns as published, by name; in the order of their stored form, which spares sorting. */
  columns(cells: readonly string[]): Record<string, string> {
    const columns: Record<string, string> = {};
    for (const { index, column } of this.order) columns[column] = cells[index] ?? '';
    return columns;
  }
}
