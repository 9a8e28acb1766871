import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { open } from 'lmdb';
import { GENESIS_HASH } from '#libs/contracts';
import { openEmbeddedLog } from '#libs/event-log';
import { aDelisting, aReport, aRow, command, IMPORT_ID, nextRow, tempDir } from '#libs/testing';
import { emptyStream } from './stream.js';
import { liveAndRebuilt } from './testing/compare.js';
import { idIn, idsIn, openLedger, receiptOf, request, type TestLedger } from './testing/ledger.js';
import { readAll } from './testing/read-all.js';
import type { CommandRequest, Receipt } from './types.js';

const ID = idIn(4);
const DATASET = 'dataset-events';
const assess = (rationale: string) => command('assess', { grade: 'fair', rationale });

let home: ReturnType<typeof tempDir>;
let ledger: TestLedger | undefined;
const reopen = async (): Promise<TestLedger> => {
  await ledger?.close();
  return (ledger = await openLedger(home.path));
};
const inStates = (name: string): string => path.join(home.path, 'states', name);
beforeEach(() => {
  home = tempDir('recorder-states-');
});
afterEach(async () => {
  await ledger?.close();
  ledger = undefined;
  home.dispose();
});

/** A bit of everything: an import, its next edition, by hand, no-ops; and what was answered. */
async function writeSomething({ recorder }: TestLedger): Promise<Map<CommandRequest, Receipt>> {
  const sent = new Map<CommandRequest, Receipt>();
  const send = async (...args: Parameters<typeof request>): Promise<void> => {
    const one = request(...args);
    sent.set(one, receiptOf(await recorder.submit(one)));
  };
  const run = {
    importId: IMPORT_ID,
    dataset: 'events',
    format: 'events',
    edition: '2018',
    scope: 'UA',
    file: { name: 'events.csv', sha256: 'a'.repeat(64), bytes: 10 },
    reportedAt: '2019-06-01',
  };
  await send(DATASET, command('start-import', run));
  for (const id of [...idsIn(4, 5), ...idsIn(0, 2)]) await send(id, aRow({ id }));
  await send(
    DATASET,
    command('start-import', { ...run, importId: IMPORT_ID.replace(/1$/, '2'), takeOver: true }),
  );
  const changed = { adm_1: 'Crimea', type_of_violence: '3', relid: 'UKR-1' };
  await send(ID, nextRow({ id: ID, ...changed }));
  await send(ID, aDelisting({ externalId: ID }));
  // Back and changed: several events, which come to one outcome.
  await send(ID, aRow({ id: ID, ...changed, best: '4' }, { edition: '20', scope: 'UA' }));
  const gone = idIn(4, 1);
  await send(gone, aDelisting({ externalId: gone }));
  await send(idIn(4, 2), aRow({ id: idIn(4, 2) }, { scope: 'all', edition: '2019' }));
  await send(idIn(7), aReport());
  await send(idIn(7), assess('two sources'));
  return sent;
}

async function expectReplays(
  { recorder }: TestLedger,
  sent: ReadonlyMap<CommandRequest, Receipt>,
): Promise<void> {
  for (const [one, receipt] of sent)
    expect(await recorder.submit(one)).toEqual({
      kind: 'accepted',
      receipt: { ...receipt, replayed: true },
    });
}

function listings({ recorder }: TestLedger): unknown {
  return [0, 4].map((p) => ['UA', 'all'].map((s) => [...recorder.listed(p, 'events', s)]));
}

/** Puts something into the store that the log does not say. */
async function tamper(change: (meta: { foldVersion: number }) => object): Promise<void> {
  const root = open({ path: inStates('states.mdb'), noSubdir: true, maxDbs: 128 });
  const streams = root.openDB<string, string>({ name: 'streams-4', encoding: 'string' });
  await streams.put(ID, JSON.stringify({ ...emptyStream(ID), version: 99 }));
  const meta = root.openDB<{ foldVersion: number }, string>({ name: 'meta', encoding: 'json' });
  const before = meta.get('4');
  if (!before) throw new Error('the store is empty');
  await meta.put('4', change(before) as { foldVersion: number });
  await root.close();
}

async function versionTold({ recorder }: TestLedger): Promise<number | undefined> {
  const answer = await recorder.submit(request(ID, aReport(), { expectedVersion: 10_000 }));
  return answer.kind === 'conflict' ? answer.version : undefined;
}

describe('the state stores', () => {
  it('keep what a fold of the whole log gives', async () => {
    const opened = await reopen();
    await writeSomething(opened);
    const logged = await readAll(opened.log);
    await opened.close();
    ledger = undefined;
    const log = openEmbeddedLog({ dir: path.join(home.path, 'log') });
    const states = path.join(home.path, 'states');
    const { live, rebuilt } = await liveAndRebuilt(log, states, `${states}-2`, logged);
    await log.close();
    expect(live).toEqual(rebuilt);
    expect(JSON.stringify(live)).toContain('"outcome":"reappeared"');
  });

  it('are built anew from the log when they are deleted', async () => {
    const opened = await reopen();
    const sent = await writeSomething(opened);
    const listed = listings(opened);
    await opened.close();
    ledger = undefined;
    rmSync(path.join(home.path, 'states'), { recursive: true });
    const again = await reopen();
    expect(listings(again)).toEqual(listed);
    await expectReplays(again, sent);
  });

  it('are kept over a restart, and no mark is left after a clean one', async () => {
    const sent = await writeSomething(await reopen());
    expect(existsSync(inStates('in-use'))).toBe(true);
    await ledger?.close();
    ledger = undefined;
    expect(existsSync(inStates('in-use'))).toBe(false);
    await tamper((meta) => meta);
    const again = await reopen();
    // The proof that it was not read again from the log.
    expect(await versionTold(again)).toBe(99);
    expect(sent.size).toBeGreaterThan(10);
  });

  it.each([
    ['of another fold version', () => tamper((meta) => ({ ...meta, foldVersion: 0 }))],
    [
      'at a place that is not in this log',
      () => tamper((meta) => ({ ...meta, place: { offset: '1', hash: GENESIS_HASH } })),
    ],
    [
      'beyond the end of this log',
      () => tamper((meta) => ({ ...meta, place: { offset: '999', hash: GENESIS_HASH } })),
    ],
    [
      'left in use by another boot of the machine',
      async () => {
        await tamper((meta) => meta);
        writeFileSync(inStates('in-use'), 'another boot');
      },
    ],
    [
      'in a file that is no database',
      () => writeFile(inStates('states.mdb'), 'this is no database\n'.repeat(2_000)),
    ],
    ['in a file that was cut off', () => truncate(inStates('states.mdb'), 5_000)],
    [
      'where a directory is in the place of the file',
      async () => {
        rmSync(inStates('states.mdb'));
        await mkdir(inStates('states.mdb'));
      },
    ],
  ])('are built anew, %s', async (_, damage) => {
    const opened = await reopen();
    const sent = await writeSomething(opened);
    const listed = listings(opened);
    const version = await versionTold(opened);
    await opened.close();
    ledger = undefined;
    await damage();
    const again = await reopen();
    expect(await versionTold(again)).toBe(version);
    expect(listings(again)).toEqual(listed);
    await expectReplays(again, sent);
  });

  it('of a process that died in this boot are kept', async () => {
    await writeSomething(await reopen());
    const mark = readFileSync(inStates('in-use'));
    await ledger?.close();
    ledger = undefined;
    await tamper((meta) => meta);
    writeFileSync(inStates('in-use'), mark);
    expect(await versionTold(await reopen())).toBe(99);
  });

  it('of another ledger are built anew', async () => {
    const opened = await reopen();
    await writeSomething(opened);
    await opened.close();
    rmSync(path.join(home.path, 'log'), { recursive: true });
    ledger = undefined;
    const other = await reopen();
    expect(other.messages.join('\n')).toMatch(/this is another log.*built anew from the log/);
    expect(listings(other)).toEqual([
      [[], []],
      [[], []],
    ]);
    expect(receiptOf(await other.recorder.submit(request(ID, aReport()))).version).toBe(1);
  });
});
