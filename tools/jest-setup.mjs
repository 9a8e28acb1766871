// Jest's globalSetup: a directory for this run; what killed runs left behind is cleared away.
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import os from 'node:os';
import { disposeRun, isAlive, runDirectory, runOf } from './jest-runs.mjs';

export default async function setup() {
  for (const name of readdirSync(os.tmpdir())) {
    const pid = runOf(name);
    if (pid !== undefined && (pid === process.pid || !isAlive(pid))) await disposeRun(pid);
  }
  mkdirSync(runDirectory(process.pid));
  chmodSync(runDirectory(process.pid), 0o755);
}
