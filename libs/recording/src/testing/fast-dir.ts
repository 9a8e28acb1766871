import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { tempDir } from '#libs/testing';

const MEMORY = '/dev/shm';
const PREFIX = 'conflict-ledger-recorder-';

/** False for what throws an error of Node's, such as ENOENT or ESRCH. */
function works(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}

/** Removes what runs left that were killed: memory is not given back by itself. */
function removeLeftOver(): void {
  for (const name of readdirSync(MEMORY)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !works(() => process.kill(Number(pid), 0)))
      rmSync(path.join(MEMORY, name), { recursive: true, force: true });
  }
}

/** Containers often have 64 MiB there, which is not enough. */
const ROOM_BYTES = 256 * 1024 * 1024;

function hasMemory(): boolean {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  const writable = works(() => {
    accessSync(MEMORY, constants.W_OK);
  });
  return writable && bavail * bsize >= ROOM_BYTES;
}

/** A fresh directory, in memory where the system has such: nothing waits for a disk there. */
export function fastDir(): { path: string; dispose(): void } {
  if (!hasMemory()) return tempDir(PREFIX);
  removeLeftOver();
  const dir = mkdtempSync(path.join(MEMORY, `${PREFIX}${String(process.pid)}-`));
  const dispose = (): void => {
    rmSync(dir, { recursive: true, force: true });
  };
  return { path: dir, dispose };
}
