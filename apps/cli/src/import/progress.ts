import type { ImportProgress } from './options.js';

const EVERY_MS = 100;

/** Tells how far an import is, at most ten times a second. */
export class Progress {
  private phase: ImportProgress['phase'] = 'reading';
  private total: number | undefined;
  private since = 0;
  private told = 0;

  constructor(private readonly tell: ((progress: ImportProgress) => void) | undefined) {}

  begin(phase: ImportProgress['phase'], total?: number): void {
    this.phase = phase;
    this.total = total;
    this.since = Date.now();
    this.told = 0;
    this.at(0);
  }

  at(rows: number): void {
    if (!this.tell) return;
    const now = Date.now();
    if (now - this.told < EVERY_MS && rows !== this.total) return;
    this.told = now;
    const seconds = Math.max(now - this.since, 1) / 1000;
    const { phase, total } = this;
    const rate = Math.round(rows / seconds);
    this.tell({ phase, rows, ...(total !== undefined && { total }), rate });
  }
}
