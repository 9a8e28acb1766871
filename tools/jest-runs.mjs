// The directory of a Jest run and what is left in it: shared by globalSetup and globalTeardown.
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
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
  if (!Number.isInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Stops every Postgres whose data is in the run's directory, and removes the directory. */
export async function disposeRun(pid) {
  const dir = runDirectory(pid);
  if (!existsSync(dir)) return;
  const pidFiles = readdirSync(dir, { recursive: true }).filter(
    (file) => path.basename(file) === 'postmaster.pid',
  );
  for (const file of pidFiles) await stop(readPid(path.join(dir, file)), dir);
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}

function readPid(file) {
  try {
    return Number(readFileSync(file, 'utf8').split('\n')[0]);
  } catch (error) {
    if (error.code === 'ENOENT') return NaN; // it has just stopped by itself
    throw error;
  }
}

async function stop(pid, dir) {
  const running = () => isAlive(pid) && commandLine(pid).includes(` -D ${realpathSync(dir)}/`);
  if (!running()) return; // or its number belongs to a stranger now
  process.kill(pid, 'SIGQUIT'); // at once: nothing in it is kept
  for (let i = 0; i < 500 && running(); i++) await delay(10);
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
