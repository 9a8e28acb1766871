import process from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogError } from '#libs/event-log';
import { aReport, aRow, command, tempDir, waitFor } from '#libs/testing';
import {
  idIn,
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
beforeEach(() => {
  home = tempDir('recorder-doubt-');
});
afterEach(async () => {
  await ledger?.close();
  ledger = undefined;
  home.dispose();
});

/** A ledger whose next append to partition 4 fails, `written` or not, once `fail` was called. */
async function openFailing(): Promise<TestLedger & { fail: (how: 'written' | 'absent') => void }> {
  let failing: 'written' | 'absent' | undefined;
  const opened = await open({
    append: async (writer, batch) => {
      if (writer.partition !== 4 || failing === undefined) return writer.append(batch);
      const how = failing;
      failing = undefined;
      if (how === 'written') await writer.append(batch);
      throw new Error('the connection was lost');
    },
  });
  return { ...opened, fail: (how) => (failing = how) };
}

describe('nobody is answered from what may not last', () => {
  it('decides a rejection again that rested on the failed batch', async () => {
    const { recorder, log, fail } = await openFailing();
    fail('absent');
    const [first, second] = await Promise.all([
      recorder.submit(request(ID, aReport({ title: 'First' }))),
      recorder.submit(request(ID, aReport({ title: 'Second' }))),
    ]);
    expect(first).toMatchObject({
      kind: 'unavailable',
      detail: expect.stringMatching(/not written .*connection was lost.*same key/),
    });
    expect(receiptOf(second).version).toBe(1);
    const [written] = (await readAll(log)).slice(1);
    expect(written?.event.data).toMatchObject({ title: 'Second' });
  });

  it('decides a conflict again', async () => {
    const { recorder, fail } = await openFailing();
    fail('absent');
    const [, second, third] = await Promise.all([
      recorder.submit(request(ID, aReport())),
      recorder.submit(request(ID, aReport(), { expectedVersion: 0 })),
      recorder.submit(request(ID, aReport(), { expectedVersion: 7 })),
    ]);
    expect(receiptOf(second).version).toBe(1);
    expect(third).toEqual({ kind: 'conflict', version: 1 });
  });

  it('decides a no-op again', async () => {
    const { recorder, fail } = await openFailing();
    fail('absent');
    const [first, second] = await Promise.all([
      recorder.submit(request(ID, aRow())),
      recorder.submit(request(ID, aRow())),
    ]);
    expect(first.kind).toBe('unavailable');
    expect(receiptOf(second).outcome?.outcome).toBe('created');
  });

  it('decides a replay again', async () => {
    const { recorder, fail } = await openFailing();
    fail('absent');
    const report = request(ID, aReport());
    const [first, second] = await Promise.all([recorder.submit(report), recorder.submit(report)]);
    expect(first.kind).toBe('unavailable');
    expect(receiptOf(second)).toMatchObject({ version: 1, replayed: false });
  });

  it('decides a reused key again', async () => {
    const { recorder, fail } = await openFailing();
    fail('absent');
    const report = request(ID, aReport());
    const [first, second] = await Promise.all([
      recorder.submit(report),
      recorder.submit({ ...report, command: aReport({ title: 'Another' }) }),
    ]);
    expect(first.kind).toBe('unavailable');
    expect(receiptOf(second)).toMatchObject({ version: 1, replayed: false });
  });
});

describe('on any doubt', () => {
  it('answers from the log what was written after all', async () => {
    const { recorder, log, fail } = await openFailing();
    fail('written');
    const answers = await Promise.all([
      recorder.submit(request(ID, aReport())),
      recorder.submit(request(ID, aReport())),
      recorder.submit(request(ID, assess('two sources'))),
    ]);
    expect(receiptOf(answers[0])).toMatchObject({ version: 1, replayed: false });
    expect(answers[1]).toMatchObject({ kind: 'rejected', version: 2 });
    expect(receiptOf(answers[2])).toMatchObject({ version: 2, replayed: false });
    expect(await readAll(log)).toHaveLength(3);
    expect(recorder.health()[4]).toMatchObject({ state: 'open', reopens: 1 });
    expect(recorder.health()[4]?.lastError).toBeUndefined();
  });

  it('gives up an append that does not end; what ends too late is fenced and hurts nobody', async () => {
    const unhandled: unknown[] = [];
    const keep = (reason: unknown): void => {
      unhandled.push(reason);
    };
    process.on('unhandledRejection', keep);
    let late: (() => Promise<unknown>) | undefined;
    const { recorder, log } = await open({
      appendTimeoutMs: 50,
      append: (writer, batch) => {
        if (writer.partition !== 4 || late) return writer.append(batch);
        return new Promise((resolve, reject) => {
          late = async () => {
            const outcome = writer.append(batch);
            outcome.then(resolve, reject);
            await outcome;
          };
        });
      },
    });
    const report = request(ID, aReport());
    expect(await recorder.submit(report)).toMatchObject({
      kind: 'unavailable',
      detail: expect.stringMatching(/did not end in time/),
    });
    await expect(late?.()).rejects.toBeInstanceOf(LogError);
    expect(receiptOf(await recorder.submit(report))).toMatchObject({ version: 1, replayed: false });
    await nextTurn();
    await nextTurn();
    process.off('unhandledRejection', keep);
    expect(unhandled).toEqual([]);
    expect(await readAll(log)).toHaveLength(2);
  });

  it('answers nothing but 503 while the log cannot be opened, then goes on by itself', async () => {
    let broken = false;
    let now = Date.parse('2024-11-12T08:00:00Z');
    const { recorder, log } = await open({
      clock: () => now,
      append: (writer, batch) => {
        if (broken) throw new LogError('no-space', 'the disk is full', true);
        return writer.append(batch);
      },
      beforeOpening: () => {
        if (broken) throw new LogError('unavailable', 'the log is away', true);
      },
    });
    receiptOf(await recorder.submit(request(ID, aRow())));
    broken = true;
    const [unwritten, refused] = await Promise.all([
      recorder.submit(request(ID, assess('two sources'))),
      recorder.submit(request(ID, aReport())),
    ]);
    expect(unwritten).toMatchObject({ kind: 'unavailable', detail: 'the disk is full' });
    expect(refused.kind).toBe('unavailable');
    expect(recorder.health()[4]).toMatchObject({
      state: 'reopening',
      lastError: 'the log is away',
    });
    expect(await recorder.submit(request(ID, aReport()))).toMatchObject({
      kind: 'unavailable',
      detail: expect.stringMatching(/Partition 4 cannot be written now: the log is away/),
    });
    expect(await recorder.dryRun(request(ID, aReport()))).toMatchObject({ kind: 'unavailable' });
    expect(() => [...recorder.listed(4, 'events', 'UA')]).toThrow(/being opened: try again/);
    const elsewhere = request(idIn(5), command('merge', { into: ID, reason: 'same' }));
    expect(await recorder.submit(elsewhere)).toMatchObject({ kind: 'unavailable' });

    // Nobody needs to ask: who is not ready is not asked.
    broken = false;
    now += 1_000;
    await waitFor(() => recorder.health()[4]?.state === 'open', { what: 'the partition to open' });
    expect([...recorder.listed(4, 'events', 'UA')]).toHaveLength(1);
    receiptOf(await recorder.submit(request(ID, assess('two sources'))));
    expect(await readAll(log)).toHaveLength(3);
  });

  it('opens again when the clock was set back meanwhile', async () => {
    let broken = true;
    let now = Date.parse('2024-11-12T08:00:00Z');
    const { recorder } = await open({
      clock: () => now,
      append: (writer, batch) => {
        if (broken && writer.partition === 4) throw new Error('lost');
        return writer.append(batch);
      },
      beforeOpening: () => {
        if (broken && now > Date.parse('2024-11-12T08:00:30Z')) throw new Error('away');
      },
    });
    now += 60_000;
    expect((await recorder.submit(request(ID, aReport()))).kind).toBe('unavailable');
    broken = false;
    now -= 3_600_000;
    receiptOf(await recorder.submit(request(ID, aReport())));
  });

  it('reopens after being fenced only when the partition is still its own', async () => {
    let mine = false;
    let now = Date.parse('2024-11-12T08:00:00Z');
    const { recorder, log } = await open({
      clock: () => (now += 1_000),
      stillOwner: () => Promise.resolve(mine),
    });
    receiptOf(await recorder.submit(request(ID, aReport())));
    const rival = await log.openWriter(4);
    const fenced = await recorder.submit(request(ID, assess('two sources')));
    expect(fenced).toMatchObject({
      kind: 'unavailable',
      detail: expect.stringMatching(/another writer took partition 4/),
    });
    expect(await recorder.submit(request(ID, assess('two sources')))).toMatchObject({
      kind: 'unavailable',
      detail: expect.stringMatching(/another process writes this partition now/),
    });
    await rival.close();
    mine = true;
    receiptOf(await recorder.submit(request(ID, assess('two sources'))));
  });

  it('tells a bug in deciding to its caller only', async () => {
    const { recorder } = await open();
    const [wrong, right] = await Promise.all([
      recorder.submit(
        request(ID, command('abandon-import', { importId: 'x', reason: 'not on an incident' })),
      ),
      recorder.submit(request(ID, aReport())),
    ]);
    expect(wrong).toMatchObject({
      kind: 'unavailable',
      detail: expect.stringMatching(/not a command for the stream/),
    });
    receiptOf(right);
  });
});
