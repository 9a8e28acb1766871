import { readFileSync } from 'node:fs';

/** A process, told from a later one that got the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** Boot and start time, where the system tells them (Linux); null elsewhere. */
  started: string | null;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: look(process.pid)?.started ?? null };
}

/** Whether that very process still runs; a zombie (killed, not yet reaped) does not. */
export function stillRuns({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (started === null) return true;
  const now = look(pid);
  return now === null || (now.alive && now.started === started);
}

/** Reads /proc (see proc(5): state is field 3, starttime field 22); null where there is none. */
function look(pid: number): { alive: boolean; started: string } | null {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // the name (field 2) stands in parentheses and may hold anything
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    return { alive: state !== 'Z' && state !== 'X', started: `${boot}/${fields[19] ?? ''}` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return null;
  }
}
