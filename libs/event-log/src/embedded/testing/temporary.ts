import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new directory of its own; the caller removes it. */
export function temporaryDirectory(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'event-log-'));
}

export function remove(dir: string): Promise<void> {
  return rm(dir, { recursive: true, force: true });
}
