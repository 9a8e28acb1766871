import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { tempDir } from '#libs/testing';

const MEMORY = '/dev/shm';

function inMemory(): boolean {
  if (!existsSync(MEMORY)) return false;
  try {
    accessSync(MEMORY, constants.W_OK);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}

/** A fresh directory, in memory where the system has such: nothing waits for a disk there. */
export function fastDir(prefix: string): { path: string; dispose(): void } {
  if (!inMemory()) return tempDir(prefix);
  const dir = mkdtempSync(path.join(MEMORY, `conflict-ledger-${prefix}`));
  const dispose = (): void => {
    rmSync(dir, { recursive: true, force: true });
  };
  return { path: dir, dispose };
}
