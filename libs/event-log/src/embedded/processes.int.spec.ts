import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { at, brokenAt, Chain } from '../contract/chain.js';
import { codeOf, Follower, PATIENCE_MS, readAll, text, texts, until } from '../contract/fixture.js';
import { openEmbeddedLog } from './embedded-log.js';
import { Children, type Child } from './testing/spawn.js';
import { remove, temporaryDirectory } from './testing/temporary.js';

const children = new Children();
let home: string;
let dir: string;
beforeEach(async () => {
  home = await temporaryDirectory();
  dir = path.join(home, 'log');
});
afterEach(async () => {
  await children.killAll();
  await remove(home);
});

const acks = (child: Child): unknown[] => child.said.flatMap(({ acked }) => acked ?? []);

describe('an embedded log and several processes', () => {
  it(
    'is followed by another process while this one writes, however much it grows',
    async () => {
      const log = openEmbeddedLog({ dir });
      const writer = await log.openWriter(0);
      const chain = new Chain();
      await writer.append(chain.many(10));
      const reader = children.start('follow', dir);
      await reader.says(({ count }) => count === 10, 'it has read 10');
      for (let i = 0; i < 40; i++) await writer.append(chain.many(100, 'x'.repeat(5_000)));
      const { offset } = await reader.says(({ count }) => count === 4_010, 'it has read 4,010');
      expect(offset).toBe(writer.head?.offset);
      await log.close();
    },
    PATIENCE_MS,
  );

  it(
    'is followed here while another process writes, and waking takes no longer than a poll',
    async () => {
      const log = openEmbeddedLog({ dir });
      const follower = new Follower(log, 2);
      await until(() => follower.ends.length > 0, 'the end was read');
      const other = children.start('zombie', dir, 2);
      await other.says(({ ready }) => ready === true, 'it is ready');
      other.tell('from another process');
      expect(text(at(await follower.seen(1), 0).bytes)).toContain('from another process');
      await follower.stop();
      await log.close();
    },
    PATIENCE_MS,
  );

  it(
    'fences a writer of another process, whose batch is not there',
    async () => {
      const zombie = children.start('zombie', dir, 1);
      await zombie.says(({ ready }) => ready === true, 'it is ready');
      zombie.tell('one');
      await zombie.says(({ acked }) => acked === 'one', 'one');
      const log = openEmbeddedLog({ dir });
      const writer = await log.openWriter(1);
      const chain = new Chain(writer.head?.hash);
      // so much that the zombie's map of the file is too small by now
      for (let i = 0; i < 10; i++) await writer.append(chain.many(100, 'x'.repeat(5_000)));
      zombie.tell('two');
      const { message } = await zombie.says(({ code }) => code === 'fenced', 'fenced');
      expect(message).toMatch(/another writer took partition 1/);
      zombie.tell('three');
      await zombie.says(({ code }) => code === 'closed', 'closed');
      await writer.append(chain.many(1));
      const events = await readAll(log, 1);
      expect(events).toHaveLength(1_002);
      expect(brokenAt(events)).toBe(-1);
      await log.close();
    },
    PATIENCE_MS,
  );

  it(
    'has all that a process acknowledged before it was killed, five times',
    async () => {
      const acknowledged: unknown[] = [];
      const watching = openEmbeddedLog({ dir });
      for (let round = 1; round <= 5; round++) {
        const child = children.start('append', dir);
        const wanted = 50 * round;
        await child.says(
          () => acks(child).length >= wanted,
          `${String(wanted)} events were acknowledged`,
        );
        await child.kill();
        acknowledged.push(...acks(child));

        const events = await readAll(watching, 0);
        expect(brokenAt(events)).toBe(-1);
        const hashes = new Set(
          events.map((event) => (JSON.parse(text(event.bytes)) as { hash: string }).hash),
        );
        expect(acknowledged.filter((hash) => !hashes.has(hash as string))).toEqual([]);
        // whole batches only, and of each round at most the one that was on its way
        expect(events.length % 3).toBe(0);
        expect(events.length - acknowledged.length).toBeLessThanOrEqual(3 * round);
      }
      const writer = await watching.openWriter(0);
      await writer.append([new Chain(writer.head?.hash).one()]);
      await watching.close();
    },
    2 * PATIENCE_MS,
  );
});

describe('an embedded log on a full disk', () => {
  const posix = process.platform === 'win32' ? it.skip : it;
  const mountAllowed =
    process.platform === 'linux' &&
    spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0;
  /** Where mounting is not allowed the limit on a file's size stands in for it (below). */
  const mounting = mountAllowed ? it : it.skip;

  mounting(
    'refuses with no-space, loses nothing, and goes on when there is room (a tmpfs of 4 MiB)',
    async () => {
      const child = children.start('fill', home, 0, (command) => [
        'unshare',
        '-rm',
        'sh',
        '-c',
        'mount -t tmpfs -o size=4m none "$0" && exec "$@"',
        home,
        ...command,
      ]);
      const { message } = await child.says(({ code }) => code !== undefined, 'it is full');
      expect(message).toMatch(/not written: the disk that holds .* is full.*Free some space/);
      expect(child.said.at(-1)?.code).toBe('no-space');
      child.tell('still full');
      await child.says(
        () => child.said.filter(({ code }) => code === 'no-space').length === 2,
        'it is still full',
      );
      const before = acks(child).length;
      expect(before).toBeGreaterThan(0);
      child.tell(`remount ${home}`);
      await child.says(({ full }) => full === false, 'there was room');
      expect(acks(child).length).toBe(before + 200);
    },
    PATIENCE_MS,
  );

  posix(
    "refuses with no-space at the limit of a file's size, and has what was acknowledged",
    async () => {
      const child = children.start('fill', dir, 0, (command) => [
        'sh',
        '-c',
        'ulimit -f 8192; exec "$@"',
        'sh',
        ...command,
      ]);
      await child.says(({ code }) => code === 'no-space', 'it is full');
      const last = child.said.findLast(({ hash }) => hash !== undefined)?.hash;
      const log = openEmbeddedLog({ dir });
      const events = await readAll(log, 0);
      expect(events).toHaveLength(10 * acks(child).length);
      expect(brokenAt(events)).toBe(-1);
      const writer = await log.openWriter(0);
      expect(writer.head?.hash).toBe(last);
      await writer.append(new Chain(last).many(10, 'x'.repeat(10_000)));
      await log.close();
    },
    PATIENCE_MS,
  );

  it('in the adapter: rolls back, closes the writer, and a new one goes on', async () => {
    let full = true;
    const log = openEmbeddedLog({
      dir,
      faults: {
        beforeCommit: () => {
          if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        },
      },
    });
    const follower = new Follower(log, 0);
    const writer = await log.openWriter(0);
    expect(await codeOf(writer.append(new Chain().many(3)))).toBe('no-space');
    expect(await codeOf(writer.append(new Chain().many(3)))).toBe('closed');
    expect(await readAll(log, 0)).toEqual([]);
    full = false;
    const written = new Chain().many(3);
    await (await log.openWriter(0)).append(written);
    expect(texts(await follower.seen(3))).toEqual(texts(written));
    await follower.stop();
    await log.close();
  });
});
