import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A directory of a suite, removed when the suite ends; Postgres may pass through it. */
export interface WorkDir {
  path: string;
  /** A new, empty directory in it. */
  fresh(name: string): string;
  dispose(): void;
}

export function workDir(): WorkDir {
  const root = mkdtempSync(path.join(os.tmpdir(), 'ledger-bench-'));
  chmodSync(root, 0o755);
  let made = 0;
  return {
    path: root,
    fresh(name) {
      made += 1;
      const dir = path.join(root, `${String(made)}-${name}`);
      mkdirSync(dir);
      return dir;
    },
    dispose: () => {
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
