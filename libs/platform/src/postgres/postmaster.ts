import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, PostgresError } from './errors.js';
import { commandAs, type RunAs } from './run-as.js';

/** What `postmaster.pid` in a data directory says. */
export interface PidFile {
  pid: number;
  port: number;
  ready: boolean;
}

const POLL_MS = 10;
/** What Postgres' programs get of an environment: messages in English, and where setpriv is. */
export const CHILD_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' };

/** Reads `postmaster.pid` of a data directory; undefined when it is absent or half written. */
export function readPidFile(data: string): PidFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const [pid, , , port, , , , status] = lines;
  if (!pid || !Number.isInteger(Number(pid))) return undefined;
  return { pid: Number(pid), port: Number(port ?? 0), ready: status?.trim() === 'ready' };
}

/** Whether a process is there and not just a zombie that nobody has waited for. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return !/^Z/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false; // gone between the two looks
  }
}

/** Whether `pid` is a postmaster on this data directory, and not a stranger that got its number. */
export function isPostmasterOf(pid: number, data: string): boolean {
  if (!isAlive(pid)) return false;
  const command = commandLine(pid);
  return /postgres/.test(command) && command.includes(` -D ${realpathSync(data)} `);
}

function commandLine(pid: number): string {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return ''; // the process went away, so it is no postmaster
  }
}

/**
 * A `postmaster.pid` whose number now belongs to a stranger keeps Postgres from starting. It is
 * pointed at a number that no process can have, rather than removed: its other lines let Postgres
 * see whether back ends of the dead server still hold its shared memory.
 */
export function disownPidFile(data: string): void {
  const file = path.join(data, 'postmaster.pid');
  const pidFile = readPidFile(data);
  if (!pidFile || isPostmasterOf(pidFile.pid, data) || !isAliveOrZombie(pidFile.pid)) return;
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, ['999999999', ...lines.slice(1)].join('\n'));
}

function isAliveOrZombie(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

export interface SpawnOptions {
  program: string;
  data: string;
  port: number;
  runAs: RunAs;
  logFile: string;
  settings: Readonly<Record<string, string>>;
}

/**
 * Starts a postmaster in a session of its own (a Ctrl-C in our terminal must not reach it before
 * its clients are done), logging to a file (a pipe would break when we are killed), and waits
 * until it takes connections.
 * @returns its pid, and a promise of how it ended.
 * @throws PostgresError `postgres-start-failed` with the end of its log.
 */
export async function spawnPostmaster(
  options: SpawnOptions,
): Promise<{ pid: number; ended: Promise<string> }> {
  const { data } = options;
  const log = openSync(options.logFile, 'a', 0o600);
  const flags = Object.entries(options.settings).flatMap(([k, v]) => ['-c', `${k}=${v}`]);
  const { file, args, ids } = commandAs(options.runAs, options.program, [
    ...['-D', realpathSync(data), '-p', String(options.port)],
    ...flags,
  ]);
  const child = spawn(file, args, {
    ...ids,
    cwd: '/',
    detached: true,
    env: CHILD_ENVIRONMENT,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  let over: string | undefined;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve((over = error.message));
    });
    child.once('exit', (code, signal) => {
      resolve((over = signal ? `signal ${signal}` : `exit code ${String(code)}`));
    });
  });
  const hasEnded = (): string | undefined => over;
  for (;;) {
    const how = hasEnded();
    if (how !== undefined) throw startFailed(how, options.logFile);
    const found = readPidFile(data);
    if (child.pid !== undefined && found?.pid === child.pid && found.ready) {
      return { pid: child.pid, ended };
    }
    await delay(POLL_MS);
  }
}

function startFailed(how: string, logFile: string): PostgresError {
  const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
  return new PostgresError(
    'postgres-start-failed',
    `The embedded Postgres did not start (${how}). The end of ${logFile}:\n${tail}`,
    true,
  );
}

/**
 * Stops a postmaster: fast (SIGINT: transactions are rolled back, a checkpoint is written), then,
 * if that takes too long, at once (SIGQUIT: recovers at the next start), then SIGKILL.
 */
export async function stopPostmaster(pid: number, patienceMs = 30_000): Promise<void> {
  for (const [signal, ms] of [
    ['SIGINT', patienceMs],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!sendSignal(pid, signal)) return;
    const deadline = Date.now() + ms;
    while (Date.now() < deadline) {
      if (!isAlive(pid)) return;
      await delay(POLL_MS);
    }
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}
