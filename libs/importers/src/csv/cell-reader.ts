import type { Parsed } from './cells.js';
import { parseCount, trimmed } from './cells.js';

/** Reads the cells of one row after another by column name, and keeps the first problem met. */
export class CellReader {
  problem: { column: string; value: string; reason: string } | undefined;
  private cells: readonly string[] = [];
  private readonly index: Map<string, number>;

  constructor(header: readonly string[]) {
    this.index = new Map(header.map((column, i) => [column, i]));
  }

  load(cells: readonly string[]): void {
    this.cells = cells;
    this.problem = undefined;
  }

  has(column: string): boolean {
    return this.index.has(column);
  }

  /**
   * The cell's text, trimmed, white space collapsed; undefined when it is empty or not there. More
   * than `max` characters are a problem: the ledger's names have 500 at most.
   */
  text(column: string, max = 500): string | undefined {
    const i = this.index.get(column);
    const text = i === undefined ? '' : trimmed(this.cells[i] ?? '');
    if (text.length > max) this.fail(column, `longer than ${String(max)} characters`);
    return text === '' ? undefined : text;
  }

  /** The cell parsed; undefined when it is empty, or wrong, which becomes the row's problem. */
  parse<T>(column: string, parse: (cell: string) => Parsed<T>): T | undefined {
    const text = this.text(column);
    if (text === undefined) return undefined;
    const result = parse(text);
    if ('value' in result) return result.value;
    this.fail(column, result.reason);
    return undefined;
  }

  /** As `parse`, and an empty cell is a problem. */
  need<T>(column: string, parse: (cell: string) => Parsed<T>): T | undefined {
    if (this.text(column) === undefined) this.fail(column, 'the cell is empty');
    return this.parse(column, parse);
  }

  count(column: string): number | undefined {
    return this.parse(column, parseCount);
  }

  fail(column: string, reason: string): void {
    const i = this.index.get(column);
    this.problem ??= { column, value: i === undefined ? '' : (this.cells[i] ?? ''), reason };
  }
}
