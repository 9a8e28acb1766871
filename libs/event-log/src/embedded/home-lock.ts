import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { LogError } from '../port.js';
import { makeDirectory } from './make-directory.js';
import { checkBeforeOpening } from './preflight.js';
import { stillRuns, thisProcess, type ProcessIdentity } from './process-identity.js';

const FILE = 'lock.mdb';
const KEY = 'holder';

interface Holder extends ProcessIdentity {
  /** ISO. */
  since: string;
  token: string;
}

export interface HomeLock {
  readonly dir: string;
  /** Gives the home up; idempotent. */
  close(): Promise<void>;
}

/**
 * The lock is a record in a small LMDB file, compared and set in one transaction: LMDB's own lock
 * is freed by the kernel when its holder dies, so neither two starters nor a kill at any moment
 * can leave two holders, or none.
 */
function openLock(dir: string, readOnly: boolean): RootDatabase<Holder, string> {
  const file = path.join(dir, FILE);
  checkBeforeOpening(file, readOnly);
  return open<Holder, string>({
    path: file,
    noSubdir: true,
    readOnly,
    encoding: 'json',
    overlappingSync: false,
    eventTurnBatching: false,
  });
}

/**
 * Takes `LEDGER_HOME` for this process, the only one that may write there; makes the directory.
 * A lock whose process is gone is taken over at once. Readers take no lock.
 * @throws LogError `locked` when another process holds it; `unavailable` when the directory
 *   cannot be written
 */
export function lockHome(dir: string): Promise<HomeLock> {
  return new Promise((resolve) => {
    resolve(take(dir));
  });
}

function take(dir: string): HomeLock {
  const mine: Holder = { ...thisProcess(), since: new Date().toISOString(), token: randomUUID() };
  let holder: Holder;
  try {
    makeDirectory(dir);
    holder = withLock(dir, (lock) =>
      lock.transactionSync(() => {
        const found = lock.get(KEY);
        if (found && stillRuns(found)) return found;
        lock.putSync(KEY, mine);
        return mine;
      }),
    );
  } catch (error) {
    throw homeFailure(error, dir);
  }
  if (holder.token !== mine.token)
    throw new LogError(
      'locked',
      `${dir} is in use by process ${String(holder.pid)} since ${holder.since}, and only one process may write to a ledger's home: ` +
        `stop that process, or set LEDGER_HOME to another directory (if process ${String(holder.pid)} is no ledger, delete ${path.join(dir, FILE)})`,
      true,
    );
  return {
    dir,
    close: () =>
      new Promise((resolve) => {
        giveUp(dir, mine.token);
        resolve();
      }),
  };
}

function giveUp(dir: string, token: string): void {
  if (!existsSync(path.join(dir, FILE))) return;
  withLock(dir, (lock) => {
    lock.transactionSync(() => {
      if (lock.get(KEY)?.token === token) lock.removeSync(KEY);
    });
  });
}

function withLock<T>(dir: string, work: (lock: RootDatabase<Holder, string>) => T): T {
  const lock = openLock(dir, false);
  try {
    return work(lock);
  } finally {
    void lock.close();
  }
}

function homeFailure(error: unknown, dir: string): LogError {
  const reason = error instanceof Error ? error.message : String(error);
  return new LogError(
    'unavailable',
    `${dir} cannot be used as the ledger's home (${reason}): make it a directory that this user may write to, with some room on its disk, or set LEDGER_HOME to another`,
    false,
    { cause: error },
  );
}

/**
 * The process that holds this home now, null when none does; takes nothing.
 * @throws LogError `unavailable` when the lock cannot be read
 */
export function homeLockHolder(dir: string): { pid: number; since: string } | null {
  if (!existsSync(path.join(dir, FILE))) return null;
  try {
    const lock = openLock(dir, true);
    const holder = lock.get(KEY);
    void lock.close();
    return holder && stillRuns(holder) ? { pid: holder.pid, since: holder.since } : null;
  } catch (error) {
    throw homeFailure(error, dir);
  }
}
