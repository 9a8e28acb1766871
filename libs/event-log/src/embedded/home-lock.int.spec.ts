import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { codeOf, PATIENCE_MS, until } from '../contract/fixture.js';
import { homeLockHolder, lockHome, type HomeLock } from './home-lock.js';
import { stillRuns, thisProcess } from './process-identity.js';
import { Children } from './testing/spawn.js';
import { remove, temporaryDirectory } from './testing/temporary.js';

const onLinux = process.platform === 'linux' ? it : it.skip;
const children = new Children();
let home: string;
beforeEach(async () => {
  home = await temporaryDirectory();
});
afterEach(async () => {
  await children.killAll();
  await remove(home);
});

describe('the lock of a home', () => {
  it('is held once, and free again when it is closed', async () => {
    expect(homeLockHolder(home)).toBeNull();
    const lock = await lockHome(path.join(home, 'new'));
    expect(homeLockHolder(lock.dir)?.pid).toBe(process.pid);
    expect(await codeOf(lockHome(lock.dir))).toBe('locked');
    await lock.close();
    expect(homeLockHolder(lock.dir)).toBeNull();
    const next = await lockHome(lock.dir);
    await lock.close();
    expect(homeLockHolder(lock.dir)?.pid).toBe(process.pid);
    await next.close();
  });

  it('says which directory cannot be used, and what to do', async () => {
    const file = path.join(home, 'file');
    await writeFile(file, '');
    expect(await codeOf(lockHome(file))).toBe('unavailable');
    await expect(lockHome(path.join(file, 'x'))).rejects.toThrow(/cannot be used.*LEDGER_HOME/);
  });

  it(
    'names the process that holds it, and is taken over when that was killed',
    async () => {
      const child = children.start('lock', home);
      await child.says(({ locked }) => locked === true, 'it has the lock');
      expect(homeLockHolder(home)?.pid).toBe(child.pid);
      await expect(lockHome(home)).rejects.toMatchObject({
        code: 'locked',
        message: expect.stringMatching(
          new RegExp(`in use by process ${String(child.pid)} since .*LEDGER_HOME`),
        ) as unknown,
      });
      await child.kill();
      expect(homeLockHolder(home)).toBeNull();
      const lock = await lockHome(home);
      await lock.close();
    },
    PATIENCE_MS,
  );

  it(
    'goes to one of several that start at once on the lock of a killed process',
    async () => {
      const first = children.start('lock', home);
      await first.says(({ locked }) => locked === true, 'it has the lock');
      await first.kill();
      const starters = Array.from({ length: 4 }, () => children.start('lock', home));
      const answers = await Promise.all(
        starters.map((child) => child.says(() => true, 'anything')),
      );
      expect(answers.filter(({ locked }) => locked)).toHaveLength(1);
      expect(answers.filter(({ code }) => code === 'locked')).toHaveLength(3);
      expect(starters.map(({ pid }) => pid)).toContain(homeLockHolder(home)?.pid);
    },
    PATIENCE_MS,
  );

  onLinux(
    'is taken over from a process that was killed and not yet reaped',
    async () => {
      const child = children.start('lock', home);
      await child.says(({ locked }) => locked === true, 'it has the lock');
      process.kill(child.pid, 'SIGKILL');
      // synchronous, so that Node cannot reap it meanwhile
      while (!/\) Z /.test(readFileSync(`/proc/${String(child.pid)}/stat`, 'utf8')));
      const taking: Promise<HomeLock> = lockHome(home);
      expect(homeLockHolder(home)?.pid).toBe(process.pid);
      await (await taking).close();
    },
    PATIENCE_MS,
  );
});

describe('a process', () => {
  onLinux('is told from a later one with its pid', () => {
    expect(stillRuns(thisProcess())).toBe(true);
    expect(stillRuns({ pid: process.pid, started: 'another boot/17' })).toBe(false);
    expect(stillRuns({ pid: process.pid, started: null })).toBe(true);
  });

  it('does not run when nothing has its pid', async () => {
    const child = children.start('lock', home);
    const { pid } = child;
    expect(stillRuns({ pid, started: null })).toBe(true);
    await child.kill();
    await until(() => !stillRuns({ pid, started: null }), 'it is gone');
  });
});
