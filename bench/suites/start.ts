import { spawn } from 'node:child_process';
import { ROOT } from '../lib/machine.js';
import { median, progress } from '../lib/measure.js';
import { answers, end, environmentWith, freePort } from '../lib/service.js';
import type { SuiteContext } from './suite.js';

const ROUNDS = 3;

/** `npm start` until the first query is answered, in seconds; then stopped again. */
async function startOnce(home: string): Promise<number> {
  const port = String(await freePort());
  const started = performance.now();
  const child = spawn('npm', ['start', '--silent'], {
    cwd: ROOT,
    env: environmentWith({ HOST: '127.0.0.1', PORT: port, LEDGER_HOME: home, LOG_LEVEL: 'warn' }),
    stdio: ['ignore', 'ignore', 2],
  });
  try {
    await answers(`http://127.0.0.1:${port}/v1/incidents?limit=1`, child);
    return (performance.now() - started) / 1_000;
  } finally {
    await end(child);
  }
}

/** How long a person waits for `npm start`, the first time on an empty ledger and from then on. */
export async function start({ work, figures }: SuiteContext): Promise<void> {
  const home = work.fresh('home');
  const first = await startOnce(home);
  const later: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    later.push(await startOnce(home));
    progress(`start again: ${(later.at(-1) ?? 0).toFixed(2)} s`);
  }
  figures.note(`installed and built before; medians of ${String(ROUNDS)}`);
  figures.add('first npm start, empty ledger', 'to first answer', 's', first);
  figures.value(
    { workload: 'npm start again', metric: 'to first answer', unit: 's', value: median(later) },
    { atMost: 3 },
  );
}
