import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { open } from 'lmdb';
import { at, brokenAt, Chain } from '../contract/chain.js';
import { appendTo, codeOf, Follower, readAll, texts } from '../contract/fixture.js';
import { openEmbeddedLog } from './embedded-log.js';
import { remove, temporaryDirectory } from './testing/temporary.js';

let home: string;
let dir: string;
beforeEach(async () => {
  home = await temporaryDirectory();
  dir = path.join(home, 'log');
});
afterEach(() => remove(home));

/** Changes one character wherever it stands in the log's file. */
async function damage(find: string, replace: string): Promise<void> {
  const file = path.join(dir, 'events.mdb');
  const bytes = await readFile(file);
  let found = 0;
  for (let i = bytes.indexOf(find); i >= 0; i = bytes.indexOf(find, i + 1), found++)
    bytes.write(replace, i);
  expect(found).toBeGreaterThan(0);
  await writeFile(file, bytes);
}

describe('an embedded log, damaged', () => {
  it('gives the bytes as they are on disk, so that the hash shows what was altered', async () => {
    const log = openEmbeddedLog({ dir });
    const written = new Chain().many(5, 'killed 14 in');
    const places = await appendTo(await log.openWriter(0), written);
    await log.close();
    await damage('killed 14 in 2', 'killed 94 in 2');
    const altered = openEmbeddedLog({ dir });
    const events = await readAll(altered, 0);
    expect(texts(events)).toEqual(
      texts(written).map((event) => event.replace('killed 14 in 2', 'killed 94 in 2')),
    );
    expect(brokenAt(events)).toBe(2);
    expect(await readAll(altered, 0, at(places, 2))).toHaveLength(2);
    await altered.close();
  });

  it('refuses to read on from an event whose hash was altered', async () => {
    const log = openEmbeddedLog({ dir });
    const places = await appendTo(await log.openWriter(0), new Chain().many(5));
    await log.close();
    const { hash } = at(places, 2);
    await damage(
      `"hash":"${hash}`,
      `"hash":"${hash.replace(/^./, (c) => (c === '0' ? '1' : '0'))}`,
    );
    const altered = openEmbeddedLog({ dir });
    expect(await codeOf(readAll(altered, 0, at(places, 2)))).toBe('place-lost');
    expect(brokenAt(await readAll(altered, 0))).toBe(2);
    await altered.close();
  });

  it('refuses a file that is no log, and a directory that is none', async () => {
    await mkdir(dir);
    await writeFile(path.join(dir, 'events.mdb'), 'this is no database\n'.repeat(2_000));
    expect(() => openEmbeddedLog({ dir })).toThrow(/cannot be opened .*check that/);
    const file = path.join(dir, 'events.mdb');
    expect(() => openEmbeddedLog({ dir: file })).toThrow(/cannot be opened/);
  });
});

describe('an embedded log of another format', () => {
  it('is refused, with the version that it has', async () => {
    await openEmbeddedLog({ dir }).close();
    const root = open({ path: path.join(dir, 'events.mdb'), noSubdir: true, maxDbs: 16 });
    await root.openDB({ name: 'format', encoding: 'json' }).put('version', 9);
    await root.close();
    for (const readOnly of [false, true])
      expect(() => openEmbeddedLog({ dir, readOnly })).toThrow(/has format 9.*use the version/);
  });
});

describe('an embedded log, opened read-only', () => {
  it('refuses a directory without a log, and makes nothing there', () => {
    expect(() => openEmbeddedLog({ dir, readOnly: true })).toThrow(/there is no event log in/);
  });

  it('reads and follows, beside a writer of the same process, and refuses to write', async () => {
    const log = openEmbeddedLog({ dir });
    const chain = new Chain();
    const writer = await log.openWriter(0);
    await writer.append(chain.many(3));
    const reader = openEmbeddedLog({ dir, readOnly: true });
    expect(await codeOf(reader.openWriter(0))).toBe('unavailable');
    const follower = new Follower(reader, 0);
    await follower.seen(3);
    await writer.append(chain.many(3));
    await follower.seen(6);
    await log.close();
    expect(await readAll(reader, 0)).toHaveLength(6);
    await follower.stop();
    await reader.close();
  });

  it('gives way to a writer that is opened after it', async () => {
    await openEmbeddedLog({ dir }).close();
    const reader = openEmbeddedLog({ dir, readOnly: true });
    const follower = new Follower(reader, 0);
    const log = openEmbeddedLog({ dir });
    await (await log.openWriter(0)).append(new Chain().many(3));
    await follower.seen(3);
    await follower.stop();
    await reader.close();
    expect(await readAll(log, 0)).toHaveLength(3);
    await log.close();
  });
});

describe('an append of which the writer does not get to know the end', () => {
  it('is in doubt; the log says what came of it', async () => {
    let fail: 'before' | 'after' | undefined;
    const lose = (when: typeof fail) => () => {
      if (fail === when) throw new Error('the connection to the disk was lost');
    };
    const faults = { beforeCommit: lose('before'), afterCommit: lose('after') };
    const log = openEmbeddedLog({ dir, faults });
    for (const [when, there] of [
      ['before', 0],
      ['after', 2],
    ] as const) {
      const writer = await log.openWriter(0);
      fail = when;
      expect(await codeOf(writer.append(new Chain().many(2)))).toBe('in-doubt');
      expect(await codeOf(writer.append(new Chain().many(2)))).toBe('closed');
      fail = undefined;
      expect(await readAll(log, 0)).toHaveLength(there);
    }
    const writer = await log.openWriter(0);
    await writer.append(new Chain(writer.head?.hash).many(2));
    expect(brokenAt(await readAll(log, 0))).toBe(-1);
    await log.close();
  });
});
