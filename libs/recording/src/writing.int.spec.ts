import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseCloudEvent } from '#libs/contracts';
import type { LogRecord } from '#libs/event-log';
import { aReport, aRow, command, tempDir } from '#libs/testing';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from './batch.js';
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

const assess = (rationale: string) => command('assess', { grade: 'fair', rationale });

describe('the writer of a partition', () => {
  let home: ReturnType<typeof tempDir>;
  let ledger: TestLedger | undefined;
  const open = async (options?: TestLedgerOptions): Promise<TestLedger> =>
    (ledger = await openLedger(home.path, options));
  beforeEach(() => {
    home = tempDir('recorder-writing-');
  });
  afterEach(async () => {
    await ledger?.close();
    ledger = undefined;
    home.dispose();
  });

  /** Opens a ledger that keeps the batches which it appends. */
  async function openWatched(): Promise<{ ledger: TestLedger; batches: LogRecord[][] }> {
    const batches: LogRecord[][] = [];
    const opened = await open({
      append: (writer, batch) => {
        batches.push([...batch]);
        return writer.append(batch);
      },
    });
    batches.length = 0;
    return { ledger: opened, batches };
  }

  it('numbers, chains and stamps the events of a stream, and tells where they stand', async () => {
    const { recorder, log } = await open({ clock: () => Date.parse('2024-11-12T08:00:00Z') });
    const id = idIn(5);
    const receipts = [
      receiptOf(await recorder.submit(request(id, aReport()))),
      receiptOf(
        await recorder.submit(
          request(id, command('revise', { kind: 'air_alert', title: 'Alert', reason: 'wrong' })),
        ),
      ),
    ];
    expect(receipts.map(({ version }) => version)).toEqual([1, 3]);
    const logged = (await readAll(log)).filter((l) => l.partition === 5);
    expect(logged.map(({ event }) => event.streamVersion)).toEqual([1, 2, 3]);
    expect(new Set(logged.map(({ event }) => event.time))).toEqual(
      new Set(['2024-11-12T08:00:00.000Z']),
    );
    expect(logged.slice(1).map(({ event }) => event.prevHash)).toEqual(
      logged.slice(0, -1).map(({ event }) => event.hash),
    );
    expect(receipts.flatMap(({ events }) => events)).toEqual(
      logged.map(({ event: { id: eventId, type, streamVersion } }) => ({
        id: eventId,
        type,
        version: streamVersion,
      })),
    );
    expect(receipts.at(-1)?.position).toBe(`5:${logged.at(-1)?.offset ?? ''}`);
  });

  it('commits together what comes together, and gathers while a batch is under way', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const sizes: number[] = [];
    const { recorder } = await open({
      append: async (writer, batch) => {
        sizes.push(batch.length);
        if (writer.partition === 4) await gate;
        return writer.append(batch);
      },
    });
    sizes.length = 0;
    const ids = idsIn(4, 150);
    const first = ids.slice(0, 100).map((id) => recorder.submit(request(id, aReport())));
    while (sizes.length === 0) await nextTurn();
    const later: Promise<unknown>[] = [];
    for (const id of ids.slice(100)) {
      later.push(recorder.submit(request(id, aReport())));
      await nextTurn();
    }
    release();
    for (const answer of await Promise.all(first)) receiptOf(answer);
    await Promise.all(later);
    expect(sizes).toEqual([100, 50]);
  });

  it('keeps batches within 1,000 events and 2 MiB, and never splits a command', async () => {
    const { ledger: opened, batches } = await openWatched();
    const { recorder } = opened;
    const ids = idsIn(4, 700);
    const answers = await Promise.all(ids.map((id) => recorder.submit(request(id, aRow()))));
    answers.forEach(receiptOf);
    // Three events each: relocated and its row, and the kind.
    const changed = { adm_1: 'Crimea', type_of_violence: '3' };
    const revised = await Promise.all(
      ids.map((id) => recorder.submit(request(id, aRow(changed, { edition: '2019' })))),
    );
    expect(new Set(revised.map((a) => receiptOf(a).events.length))).toEqual(new Set([3]));
    const large = 'x'.repeat(300 * 1024);
    const heavy = await Promise.all(
      idsIn(4, 730)
        .slice(700)
        .map((id) => recorder.submit(request(id, aReport({ description: large })))),
    );
    heavy.forEach(receiptOf);

    const batchOf = new Map<string, number>();
    expect(batches.length).toBeGreaterThan(7);
    for (const [n, batch] of batches.entries()) {
      expect(batch.length).toBeLessThanOrEqual(MAX_BATCH_EVENTS);
      const bytes = batch.reduce((sum, { bytes: b }) => sum + b.byteLength, 0);
      expect(bytes).toBeLessThanOrEqual(MAX_BATCH_BYTES);
      for (const { bytes: b } of batch) {
        const { causationid } = parseCloudEvent(b);
        expect(batchOf.get(causationid) ?? n).toBe(n);
        batchOf.set(causationid, n);
      }
    }
  });

  it('writes in the order in which commands came, over the ends of batches', async () => {
    const { recorder } = await open();
    const id = idIn(4);
    receiptOf(await recorder.submit(request(id, aReport())));
    const answers = await Promise.all(
      Array.from({ length: 1_200 }, (_, n) => {
        const kind = n % 2 === 0 ? ('air_alert' as const) : ('blackout' as const);
        const revise = command('revise', { kind, title: String(n), reason: 'order' });
        return recorder.submit(request(id, revise));
      }),
    );
    const versions = answers.map((answer) => receiptOf(answer).version);
    expect(versions).toEqual(versions.map((_, n) => 3 + 2 * n));
  });

  it('refuses what is too large, and writes nothing of it', async () => {
    const { recorder, log } = await open();
    const [id = ''] = idsIn(4, 1);
    receiptOf(await recorder.submit(request(id, aReport())));
    const tooLarge = async (sent: Parameters<typeof request>[1], why: RegExp): Promise<void> => {
      const answer = await recorder.submit(request(id, sent));
      expect(answer).toMatchObject({ kind: 'too-large', detail: expect.stringMatching(why) });
    };
    const claims = (count: number, text: string) => ({
      record: {
        ...aRow().data.record,
        claims: Array.from({ length: count }, (_, n) => ({
          slot: `statement.${String(n)}`,
          asserts: 'statement' as const,
          text,
          source: { name: 'UCDP', type: 'dataset' as const },
          reportedAt: '2019-06-01',
        })),
      },
    });
    const mebibyte = 'x'.repeat(1024 * 1024);
    await tooLarge(
      command('revise', { description: mebibyte, reason: 'longer' }),
      /event incident\.redescribed is larger than 1 MiB/,
    );
    await tooLarge(aRow({}, claims(8, 'x'.repeat(300 * 1024))), /exceed 2 MiB together/);
    await tooLarge(aRow({}, claims(1_000, 'x')), /1001 events, more than 1,000/);
    expect(await readAll(log)).toHaveLength(2);
    expect(receiptOf(await recorder.submit(request(id, aRow({}, claims(999, 'x'))))).version).toBe(
      1_001,
    );
  });

  it('answers overloaded when its queue is full, and tells when there is room', async () => {
    const { recorder } = await open();
    const [id, other] = [idIn(4), idIn(5)];
    receiptOf(await recorder.submit(request(id, aReport())));
    const answers = Array.from({ length: 2_050 }, (_, n) =>
      recorder.submit(request(id, command('end', { end: `2024-11-${String(10 + (n % 9))}` }))),
    );
    expect(recorder.health()[4]).toMatchObject({ state: 'open', queued: 2_000 });
    await recorder.room(other);
    let entered = false;
    const room = recorder.room(id).then(() => {
      entered = true;
    });
    await nextTurn();
    expect(entered).toBe(false);
    const kinds = (await Promise.all(answers)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'overloaded')).toHaveLength(50);
    expect(kinds.slice(2_000)).toEqual(Array.from({ length: 50 }, () => 'overloaded'));
    await room;
  });

  it('lets no more in than there is room for', async () => {
    const { recorder } = await open();
    const id = idIn(4);
    const full = Array.from({ length: 2_000 }, () => recorder.submit(request(id, assess('x'))));
    const slowed = Array.from({ length: 3_000 }, async () => {
      await recorder.room(id);
      return recorder.submit(request(id, assess('x')));
    });
    const kinds = new Set((await Promise.all([...full, ...slowed])).map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['rejected']));
  });

  it('never goes back in time, and says how far the clock is behind', async () => {
    let now = Date.parse('2024-11-12T08:00:10Z');
    const { recorder, log } = await open({ clock: () => now });
    const id = idIn(4);
    receiptOf(await recorder.submit(request(id, aReport())));
    now -= 10_000;
    receiptOf(await recorder.submit(request(id, assess('two sources'))));
    expect(recorder.health()[4]?.clockBehindMs).toBe(10_000);
    await ledger?.close();
    const reopened = await open({ clock: () => now });
    receiptOf(await reopened.recorder.submit(request(id, assess('three sources'))));
    now += 11_000;
    receiptOf(await reopened.recorder.submit(request(id, assess('four sources'))));
    expect(reopened.recorder.health()[4]?.clockBehindMs).toBe(0);
    const times = (await readAll(reopened.log))
      .filter((l) => l.partition === 4)
      .map(({ event }) => event.time);
    expect(times).toEqual([
      ...Array.from({ length: 3 }, () => '2024-11-12T08:00:10.000Z'),
      '2024-11-12T08:00:11.000Z',
    ]);
    expect(log).not.toBe(reopened.log);
  });

  it('stamps a batch again that was decided too long ago, with fewer commands', async () => {
    let now = Date.parse('2024-11-12T08:00:00Z');
    let slow = true;
    const { recorder, log } = await open({ clock: () => (slow ? (now += 6_000) : now) });
    const ids = idsIn(4, 8);
    const answers = await Promise.all(ids.map((id) => recorder.submit(request(id, aReport()))));
    answers.forEach(receiptOf);
    slow = false;
    expect(await readAll(log)).toHaveLength(9);
  });

  it('finishes what is queued when it is closed, then takes nothing', async () => {
    const { recorder } = await open();
    const answers = idsIn(4, 1_500).map((id) => recorder.submit(request(id, aReport())));
    await recorder.close();
    for (const answer of await Promise.all(answers)) receiptOf(answer);
    const late = request(idIn(4), assess('late'));
    for (const answer of [await recorder.submit(late), await recorder.dryRun(late)])
      expect(answer).toMatchObject({
        kind: 'unavailable',
        detail: expect.stringMatching(/stopping/),
      });
    expect(() => [...recorder.listed(4, 'events', 'UA')]).toThrow(/being opened/);
  });
});
