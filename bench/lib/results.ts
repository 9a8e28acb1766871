import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Machine, type Versions, commit, machine, versions } from './machine.js';

/** One measured figure. `ratio` is value over baseline; `target` says what it is held to. */
export interface Result {
  workload: string;
  metric: string;
  unit: string;
  value: number;
  /** The ceiling or peer measured in the same run; null where there is none. */
  baseline: number | null;
  ratio: number | null;
  /** In words, e.g. `ratio >= 0.5`; null: measured for information. */
  target: string | null;
  met: boolean | null;
}

export interface SuiteReport {
  suite: string;
  machine: Machine;
  versions: Versions;
  commit: string;
  at: string;
  /** What a reader of the figures must know: the data, repeats, what bounds it. */
  notes: string[];
  results: Result[];
}

/** Collects a suite's figures and judges them. */
export class Figures {
  readonly results: Result[] = [];
  readonly notes: string[] = [];

  note(text: string): void {
    this.notes.push(text);
  }

  /** A figure that is held to nothing by itself. */
  add(workload: string, metric: string, unit: string, value: number, baseline?: number): void {
    this.results.push({
      workload,
      metric,
      unit,
      value: round(value),
      baseline: baseline === undefined ? null : round(baseline),
      ratio: baseline === undefined ? null : round(value / baseline),
      target: null,
      met: null,
    });
  }

  /** A figure whose ratio to the baseline must be at least (or at most) so much. */
  ratio(
    figure: { workload: string; metric: string; unit: string; value: number; baseline: number },
    bound: { atLeast: number } | { atMost: number },
  ): void {
    const { value, baseline } = figure;
    const ratio = value / baseline;
    this.results.push({
      ...figure,
      value: round(value),
      baseline: round(baseline),
      ratio: round(ratio),
      ...judged('ratio', ratio, bound),
    });
  }

  /** A figure that must itself be at least (or at most) so much. */
  value(
    figure: { workload: string; metric: string; unit: string; value: number; baseline?: number },
    bound: { atLeast: number } | { atMost: number },
  ): void {
    const { workload, metric, unit, value, baseline } = figure;
    this.add(workload, metric, unit, value, baseline);
    const last = this.results.at(-1);
    if (last) Object.assign(last, judged('value', value, bound));
  }
}

function judged(
  what: string,
  value: number,
  bound: { atLeast: number } | { atMost: number },
): { target: string; met: boolean } {
  return 'atLeast' in bound
    ? { target: `${what} >= ${String(bound.atLeast)}`, met: value >= bound.atLeast }
    : { target: `${what} <= ${String(bound.atMost)}`, met: value <= bound.atMost };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** Writes `bench/results/<suite>.json`. */
export function writeReport(suite: string, figures: Figures, directory: string): SuiteReport {
  const report: SuiteReport = {
    suite,
    machine: machine(),
    versions: versions(),
    commit: commit(),
    at: new Date().toISOString(),
    notes: figures.notes,
    results: figures.results,
  };
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, `${suite}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/** The figures as a table for a terminal. */
export function tableOf(reports: readonly SuiteReport[]): string {
  const head = ['suite', 'workload', 'metric', 'value', 'unit', 'baseline', 'ratio', 'target', ''];
  const rows = reports.flatMap(({ suite, results }) =>
    results.map((r) => [
      suite,
      r.workload,
      r.metric,
      r.value.toLocaleString('en'),
      r.unit,
      r.baseline?.toLocaleString('en') ?? '',
      r.ratio?.toLocaleString('en') ?? '',
      r.target ?? '',
      r.met === null ? '' : r.met ? 'met' : 'MISSED',
    ]),
  );
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const numeric = new Set([3, 5, 6]);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) =>
        numeric.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((w) => '-'.repeat(w));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
