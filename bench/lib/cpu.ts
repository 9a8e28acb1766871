import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Clock ticks a second, as Linux tells them to programs. */
const TICKS = 100;

interface Stat {
  parent: number;
  /** Seconds of user and system time. */
  own: number;
  /** The same of its children that have ended. */
  ended: number;
}

function statOf(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  } catch (error) {
    // It ended between being listed and being read.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  // The second field, the name in brackets, may hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = (i: number): number => Number(fields[i]) / TICKS;
  return { parent: Number(fields[1]), own: ticks(11) + ticks(12), ended: ticks(13) + ticks(14) };
}

/** CPU seconds of a process itself; 0 when it is gone. */
export function cpuOf(pid: number): number {
  return statOf(pid)?.own ?? 0;
}

/** CPU seconds of the embedded Postgres of a ledger's home, all its processes. */
export function cpuOfPostgres(home: string): number {
  const file = path.join(home, 'postgres/data/postmaster.pid');
  const postmaster = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const { own = 0, ended = 0 } = statOf(postmaster) ?? {};
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.parent === postmaster);
  return children.reduce((sum, stat) => sum + (stat?.own ?? 0), own + ended);
}
