import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { tempDir } from './temp-dir.js';

const LOCK = path.resolve(import.meta.dirname, '../../../tools/lock.mjs');

describe('the lock of tools/ensure.mjs', () => {
  it('lets one process in at a time, and takes over from a dead one', async () => {
    const temp = tempDir();
    const lock = path.join(temp.path, 'lock');
    const out = path.join(temp.path, 'out');
    writeFileSync(lock, '999999999');
    const code = `
      import { withLock } from ${JSON.stringify(LOCK)};
      import { appendFileSync } from 'node:fs';
      withLock(${JSON.stringify(lock)}, () => {
        appendFileSync(${JSON.stringify(out)}, 'in ');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
        appendFileSync(${JSON.stringify(out)}, 'out\\n');
        if (process.pid % 2) process.exit();
      });`;
    const runs = Array.from({ length: 6 }, () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]),
    );
    await Promise.all(runs);
    expect(readFileSync(out, 'utf8')).toBe('in out\n'.repeat(6));
    temp.dispose();
  });
});
