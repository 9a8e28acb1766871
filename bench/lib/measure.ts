/** The middle value; of two in the middle the lower. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest value that at least `p` per cent of the values do not exceed. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = Math.max(1, Math.ceil((sorted.length * p) / 100));
  return sorted[rank - 1] ?? Number.NaN;
}

export interface Cost {
  /** Wall clock. */
  seconds: number;
  /** Of this process, all threads, user and system: hardly changed by what others do meanwhile. */
  cpuSeconds: number;
}

/** What the work cost; garbage of what went before is collected first, where node lets us. */
export async function cost(work: () => unknown): Promise<Cost> {
  (globalThis as { gc?: () => void }).gc?.();
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

/** Says on stderr what is being done; stdout is for the table. */
export function progress(text: string): void {
  process.stderr.write(`  ${text}\n`);
}
