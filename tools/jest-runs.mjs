// The directory of a Jest run and what is left in it: shared by globalSetup and globalTeardown.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PREFIX = 'conflict-ledger-tests-';

export const runDirectory = (pid) => path.join(os.tmpdir(), `${PREFIX}${pid}`);

/** The pid of the run that a name in the temporary directory belongs to, or undefined. */
export function runOf(name) {
  const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length)) : NaN;
  return Number.isInteger(pid) ? pid : undefined;
}

export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Stops the run's Postgres, if it is still that one, and removes the directory. */
export async function disposeRun(pid) {
  const dir = runDirectory(pid);
  const file = path.join(dir, 'postgres.json');
  const pidFile = path.join(dir, 'postgres', 'data', 'postmaster.pid');
  const found = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8')).pid
    : existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (found && isAlive(found) && commandLine(found).includes(path.join(dir, 'postgres'))) {
    process.kill(found, 'SIGQUIT'); // at once: nothing in it is kept
    for (let i = 0; i < 500 && isAlive(found); i++) await delay(10);
  }
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

function commandLine(pid) {
  try {
    return existsSync('/proc/self/cmdline')
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return ''; // it has ended
  }
}
