import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, findBinaries } from './binaries.js';
import { PostgresError } from './errors.js';
import { CHILD_ENVIRONMENT } from './postmaster.js';
import { commandAs, prepareRunAs, type RunAs } from './run-as.js';

/** A data directory ready to be started, and what is needed to start it. */
export interface Cluster {
  dir: string;
  data: string;
  logFile: string;
  password: string;
  runAs: RunAs;
  binaries: Binaries;
}

export const SUPERUSER = 'ledger';
export const DATABASE = 'ledger';
const MAJOR = '18';
const LOG_KEPT_BYTES = 10 * 1024 * 1024;

/**
 * Settings for a read-model store on two cores. Everything in it can be built again from the
 * event log, but it is still crash-safe: rebuilding costs minutes.
 */
export const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '128MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  effective_cache_size: '1GB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  wal_compression: 'on',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
  autovacuum: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
};

/**
 * Makes (the first time) or opens the cluster in `dir`: `data`, `password` (mode 0600) and
 * `postgres.log`. UTF-8; text sorts by code point, while upper and lower case know all scripts.
 * @throws PostgresError when this user or this version of Postgres can't use it.
 */
export async function prepareCluster(dir: string, options?: { sync?: boolean }): Promise<Cluster> {
  const binaries = findBinaries();
  const runAs = prepareRunAs(dir, Object.values(binaries));
  giveTo(dir, runAs);
  const data = path.join(dir, 'data');
  const passwordFile = path.join(dir, 'password');
  try {
    if (!existsSync(path.join(data, 'PG_VERSION')) || !existsSync(passwordFile)) {
      await initialise({ data, passwordFile, runAs, binaries, sync: options?.sync ?? true });
    }
    const made = readFileSync(path.join(data, 'PG_VERSION'), 'utf8').trim();
    if (made !== MAJOR) throw otherVersion(made, dir);
    const logFile = path.join(dir, 'postgres.log');
    rotate(logFile);
    const password = readFileSync(passwordFile, 'utf8').trim();
    return { dir, data, logFile, password, runAs, binaries };
  } catch (cause) {
    if (cause instanceof PostgresError) throw cause;
    throw new PostgresError(
      'postgres-not-permitted',
      `The embedded Postgres in ${dir} cannot be used by this user (${String(cause)}). If another ` +
        'user (root?) made it, run as that user again, or delete that directory: it is rebuilt ' +
        'from the event log.',
      false,
      { cause },
    );
  }
}

async function initialise(options: {
  data: string;
  passwordFile: string;
  runAs: RunAs;
  binaries: Binaries;
  sync: boolean;
}): Promise<void> {
  const { data, passwordFile, runAs, binaries } = options;
  // Made beside its place and moved there when whole: being killed leaves no half cluster behind.
  const making = `${data}.new`;
  rmSync(making, { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, randomBytes(24).toString('base64url') + '\n', { mode: 0o600 });
  giveTo(passwordFile, runAs);
  const args = [
    `--pgdata=${making}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(options.sync ? [] : ['--no-sync']),
  ];
  try {
    const command = commandAs(runAs, binaries.initdb, args);
    await promisify(execFile)(command.file, command.args, {
      ...command.ids,
      cwd: '/',
      env: CHILD_ENVIRONMENT,
    });
  } catch (cause) {
    throw new PostgresError(
      'postgres-start-failed',
      `The embedded Postgres could not be set up in ${data}: ${String(cause)}`,
      false,
      { cause },
    );
  }
  renameSync(making, data);
}

function giveTo(file: string, { user }: RunAs): void {
  if (user) chownSync(file, user.uid, user.gid);
}

function rotate(logFile: string): void {
  if (existsSync(logFile) && statSync(logFile).size > LOG_KEPT_BYTES) {
    renameSync(logFile, `${logFile}.1`);
  }
}

function otherVersion(made: string, dir: string): PostgresError {
  return new PostgresError(
    'postgres-other-version',
    `The data in ${dir} was made by Postgres ${made}; this version brings ${MAJOR}. Delete that ` +
      'directory: everything in it is rebuilt from the event log.',
  );
}

/**
 * A free port of 127.0.0.1 below the range that systems take outgoing ports from, so that it is
 * still free when Postgres comes back after a crash.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (await canListen(port)) return port;
  }
  throw new PostgresError('postgres-start-failed', 'No free port from 20000 to 32000.', true);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** How to reach a database of this cluster. */
export function urlOf(cluster: Cluster, port: number, database: string): string {
  return `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${String(port)}/${database}`;
}
