import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a directory and those above it. Not mkdirSync's `recursive`, which Node 20 repeats for
 * ever where a file system refuses new directories with ENOENT (`/proc/x`).
 */
export function makeDirectory(dir: string): void {
  if (existsSync(dir)) return;
  const parent = path.dirname(dir);
  if (parent !== dir) makeDirectory(parent);
  try {
    mkdirSync(dir);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(dir)) throw error;
  }
}
