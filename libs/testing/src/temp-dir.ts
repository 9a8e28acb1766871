import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * A fresh directory under the system's temporary one; other users may pass through it (Postgres
 * does not run as root). `dispose` removes it.
 */
export function tempDir(prefix = 'ledger-test-'): { path: string; dispose(): void } {
  const dir = mkdtempSync(path.join(os.tmpdir(), prefix));
  chmodSync(dir, 0o755);
  const dispose = (): void => {
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  return { path: dir, dispose };
}
