import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * A fresh directory; other users may pass through it (Postgres does not run as root). `dispose`
 * removes it. It is in the directory of the Jest run, so what a killed run leaves is removed by
 * the next one; outside of Jest it is in the system's temporary directory.
 */
export function tempDir(prefix = 'ledger-test-'): { path: string; dispose(): void } {
  const dir = mkdtempSync(path.join(runDirectory() ?? os.tmpdir(), prefix));
  chmodSync(dir, 0o755);
  const dispose = (): void => {
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  return { path: dir, dispose };
}

/** Made by `tools/jest-setup.mjs` for the main Jest process: us when in band, else our parent. */
export function runDirectory(): string | undefined {
  return [process.pid, process.ppid]
    .map((pid) => path.join(os.tmpdir(), `conflict-ledger-tests-${String(pid)}`))
    .find((dir) => existsSync(dir));
}
