import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeEvent, GENESIS_HASH, LEDGER_STREAM, newId, PARTITIONS } from '#libs/contracts';
import { LogError, openEmbeddedLog } from '#libs/event-log';
import { aDelisting, anOccurrenceClaim, aReport, aRow, command, tempDir } from '#libs/testing';
import { readLedgerId } from './ledger-created.js';
import {
  idIn,
  idsIn,
  openLedger,
  receiptOf,
  request,
  type TestLedger,
  type TestLedgerOptions,
} from './testing/ledger.js';
import { readAll } from './testing/read-all.js';

const ID = idIn(4);
const assess = (rationale: string) => command('assess', { grade: 'fair', rationale });

let home: ReturnType<typeof tempDir>;
let ledger: TestLedger | undefined;
const open = async (options?: TestLedgerOptions): Promise<TestLedger> =>
  (ledger = await openLedger(home.path, options));
const close = async (): Promise<void> => {
  await ledger?.close();
  ledger = undefined;
};
beforeEach(() => {
  home = tempDir('recorder-');
});
afterEach(async () => {
  await close();
  home.dispose();
});

/** Appends an event that no recorder of this ledger wrote. */
async function appendForeign(partition: number, subject: string): Promise<void> {
  const log = openEmbeddedLog({ dir: path.join(home.path, 'log') });
  const time = '2024-11-12T08:00:00.000Z';
  const event = encodeEvent(
    {
      id: newId(),
      ledgerId: '0a6b2f4e-8c1d-4e3f-9a7b-111111111111',
      subject,
      time,
      streamVersion: 1,
      recordedBy: 'tester',
      recordedByRole: 'recorder',
      causationId: 'key',
      commandHash: 'a'.repeat(64),
      correlationId: 'test',
      type: 'incident.claim-recorded',
      data: { reportedAt: time, claim: { ...anOccurrenceClaim(), id: 'c1' } },
    },
    GENESIS_HASH,
  );
  const writer = await log.openWriter(partition);
  await writer.append([{ key: subject, prevHash: GENESIS_HASH, ...event }]);
  await log.close();
}

describe('a recorder on an empty log', () => {
  it('writes conflict.ledger.created first, in partition 0, and keeps its id', async () => {
    const { recorder, log } = await open();
    const [first, ...others] = await readAll(log);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      partition: 0,
      event: {
        type: 'ledger.created',
        subject: LEDGER_STREAM,
        streamVersion: 1,
        prevHash: GENESIS_HASH,
        ledgerId: recorder.ledgerId,
        data: { ledgerId: recorder.ledgerId },
      },
    });
    receiptOf(await recorder.submit(request(idIn(0), aReport())));
    await close();
    const again = await open();
    expect(again.recorder.ledgerId).toBe(recorder.ledgerId);
    expect(await readLedgerId(again.log)).toBe(recorder.ledgerId);
    const logged = await readAll(again.log);
    expect(logged.map(({ event }) => event.type)).toEqual(['ledger.created', 'incident.reported']);
    expect(new Set(logged.map(({ event }) => event.ledgerId)).size).toBe(1);
  });

  it('opens every partition', async () => {
    const { recorder } = await open();
    expect(recorder.health()).toEqual(
      Array.from({ length: PARTITIONS }, (_, partition) => ({
        partition,
        state: 'open',
        queued: 0,
        clockBehindMs: 0,
        reopens: 0,
      })),
    );
  });
});

describe('a recorder that cannot be opened', () => {
  it('refuses a log that does not begin like a ledger, and writes nothing', async () => {
    await appendForeign(0, idIn(0));
    await expect(open()).rejects.toThrow(/does not begin with conflict\.ledger\.created/);
  });

  it('refuses a log that lost its first event', async () => {
    await appendForeign(4, ID);
    await expect(open()).rejects.toThrow(/not its first one.*restore it from a backup/);
    const log = openEmbeddedLog({ dir: path.join(home.path, 'log') });
    expect(await readLedgerId(log)).toBeUndefined();
    await log.close();
  });

  it('says why, lets go of what it took, and can be opened later', async () => {
    await open();
    await close();
    let broken = true;
    const failing = open({
      beforeOpening: (partition) => {
        if (broken && partition === 7)
          throw new LogError('unavailable', 'partition 7 is away', true);
      },
    });
    await expect(failing).rejects.toThrow('partition 7 is away');
    expect(readdirSync(path.join(home.path, 'states'))).not.toContain('in-use');
    broken = false;
    receiptOf(await (await open()).recorder.submit(request(ID, aReport())));
  });
});

describe('a merge', () => {
  const into = idIn(9);
  const merge = command('merge', { into, reason: 'the same attack' });

  it('asks the owner of its target whether that is there', async () => {
    const { recorder } = await open();
    receiptOf(await recorder.submit(request(ID, aReport())));
    const refused = async (code: string): Promise<void> => {
      for (const answer of [
        await recorder.dryRun(request(ID, merge)),
        await recorder.submit(request(ID, merge)),
      ])
        expect(answer).toMatchObject({ kind: 'rejected', rejection: { code }, version: 1 });
    };
    await refused('merge-target-absent');
    receiptOf(await recorder.submit(request(into, aReport())));
    const third = idIn(2);
    receiptOf(await recorder.submit(request(third, aReport())));
    const away = command('merge', { into: third, reason: 'the same' });
    receiptOf(await recorder.submit(request(into, away)));
    await refused('merge-target-merged');
    receiptOf(await recorder.submit(request(into, command('unmerge', { reason: 'no' }))));
    expect(receiptOf(await recorder.submit(request(ID, merge))).version).toBe(2);
  });

  it('does not take a stream of imports for an incident', async () => {
    const { recorder } = await open();
    receiptOf(await recorder.submit(request(ID, aReport())));
    const wrong = command('merge', { into: 'dataset-events', reason: 'no' });
    expect(await recorder.submit(request(ID, wrong))).toMatchObject({
      kind: 'rejected',
      rejection: { code: 'merge-target-absent' },
    });
  });
});

describe('a dry run', () => {
  it('tells what a command would come to, by the same rules, and writes nothing', async () => {
    const { recorder, log } = await open();
    const report = request(ID, aReport());
    receiptOf(await recorder.submit(report));
    const ends = await log.ends();
    const position = `4:${ends[4]?.offset ?? ''}`;
    const revise = command('revise', { title: 'Alert', kind: 'air_alert', reason: 'wrong' });
    const dry = async (...args: Parameters<typeof request>) => recorder.dryRun(request(...args));
    expect(receiptOf(await dry(ID, revise))).toEqual({
      streamId: ID,
      version: 3,
      position,
      events: [
        { id: '', type: 'incident.reclassified', version: 2 },
        { id: '', type: 'incident.redescribed', version: 3 },
      ],
      replayed: false,
    });
    expect(receiptOf(await dry(idIn(4, 1), aRow()))).toMatchObject({
      version: 1,
      position,
      outcome: { outcome: 'created' },
    });
    expect(await dry(ID, aReport())).toMatchObject({ kind: 'rejected', version: 1 });
    expect(await dry(ID, revise, { expectedVersion: 7 })).toEqual({ kind: 'conflict', version: 1 });
    expect(await dry(ID, revise, { key: report.key })).toEqual({ kind: 'key-reused' });
    expect(receiptOf(await recorder.dryRun(report))).toMatchObject({ version: 1, replayed: true });
    const long = command('revise', { description: 'x'.repeat(2 ** 20), reason: 'longer' });
    expect((await dry(ID, long)).kind).toBe('too-large');
    expect(await log.ends()).toEqual(ends);
    // Nor did it leave anything behind.
    expect(receiptOf(await recorder.submit(request(ID, assess('two sources')))).version).toBe(2);
  });
});

describe('what a dataset and scope list', () => {
  it('follows rows, delistings and their return; an extract lists nothing', async () => {
    const { recorder } = await open();
    const ids = idsIn(4, 4);
    const [a = '', b = '', c = '', d = ''] = ids;
    const listed = (scope: string): string[] =>
      [...recorder.listed(4, 'events', scope)].map(({ incidentId }) => incidentId);
    for (const id of [a, b, c]) receiptOf(await recorder.submit(request(id, aRow({ id }))));
    receiptOf(await recorder.submit(request(d, aRow({ id: d }, { scope: undefined }))));
    expect(listed('UA')).toEqual([a, b, c]);
    expect([...recorder.listed(4, 'events', 'UA')][0]).toEqual({ incidentId: a, externalId: a });
    receiptOf(await recorder.submit(request(b, aDelisting({ externalId: b }))));
    expect(listed('UA')).toEqual([a, c]);
    const back = receiptOf(await recorder.submit(request(b, aRow({ id: b }, { edition: '20' }))));
    expect(back.outcome).toMatchObject({ outcome: 'reappeared', fields: [] });
    // Unchanged, but not listed in this scope yet.
    receiptOf(await recorder.submit(request(c, aRow({ id: c }, { scope: 'all' }))));
    expect(listed('UA')).toEqual([a, b, c]);
    expect(listed('all')).toEqual([c]);
    expect([...recorder.listed(4, 'other', 'UA')]).toEqual([]);
    expect([...recorder.listed(5, 'events', 'UA')]).toEqual([]);
    expect(() => recorder.listed(12, 'events', 'UA')).toThrow(RangeError);
  });

  it('is what it was when the listing of it began or an error, not half of it', async () => {
    let failing = false;
    const { recorder } = await open({
      append: (writer, batch) => {
        if (failing) throw new Error('lost');
        return writer.append(batch);
      },
    });
    const ids = idsIn(4, 600);
    await Promise.all(ids.map((id) => recorder.submit(request(id, aRow({ id })))));
    const seen: string[] = [];
    const listing = async (): Promise<void> => {
      for (const { incidentId } of recorder.listed(4, 'events', 'UA')) {
        seen.push(incidentId);
        if (seen.length > 1) continue;
        failing = true;
        await recorder.submit(request(ID, assess('two sources')));
        failing = false;
      }
    };
    await expect(listing()).rejects.toThrow(/being opened: try again/);
    expect(seen.length).toBeLessThan(ids.length);
    expect([...recorder.listed(4, 'events', 'UA')]).toHaveLength(600);
  });
});
