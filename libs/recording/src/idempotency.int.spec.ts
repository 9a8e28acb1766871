import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aReport, aRow, command, tempDir } from '#libs/testing';
import { idIn, openLedger, receiptOf, request, type TestLedger } from './testing/ledger.js';
import { readAll } from './testing/read-all.js';

const ID = idIn(3);
const assess = (rationale: string) => command('assess', { grade: 'fair', rationale });

describe('a command sent again with its key', () => {
  let home: ReturnType<typeof tempDir>;
  let ledger: TestLedger;
  beforeEach(async () => {
    home = tempDir('recorder-keys-');
    ledger = await openLedger(home.path);
  });
  afterEach(async () => {
    await ledger.close();
    home.dispose();
  });

  it('gets its first receipt, replayed, and writes nothing', async () => {
    const report = request(ID, aReport());
    const first = receiptOf(await ledger.recorder.submit(report));
    expect(first).toMatchObject({ streamId: ID, version: 1, replayed: false });
    receiptOf(await ledger.recorder.submit(request(ID, assess('two sources'))));
    const again = receiptOf(await ledger.recorder.submit({ ...report, correlationId: 'retry' }));
    expect(again).toEqual({ ...first, replayed: true });
    expect(await readAll(ledger.log)).toHaveLength(3);
  });

  it('gets it in the same batch', async () => {
    const report = request(ID, aReport());
    const answers = await Promise.all([1, 2, 3].map(() => ledger.recorder.submit(report)));
    const [first, ...others] = answers.map(receiptOf);
    for (const other of others) expect(other).toEqual({ ...first, replayed: true });
    expect(await readAll(ledger.log)).toHaveLength(2);
  });

  it('gets it after a restart', async () => {
    const row = request(ID, aRow());
    const first = receiptOf(await ledger.recorder.submit(row));
    expect(first.outcome).toEqual({ outcome: 'created', extended: false, fields: [] });
    await ledger.close();
    ledger = await openLedger(home.path);
    const again = receiptOf(await ledger.recorder.submit(row));
    expect(again).toEqual({ ...first, replayed: true });
  });

  it('is refused when it is another command, in the same batch too', async () => {
    const report = request(ID, aReport());
    const other = { ...report, command: aReport({ title: 'Something else' }) };
    const answers = await Promise.all([report, other].map((r) => ledger.recorder.submit(r)));
    expect(answers.map(({ kind }) => kind)).toEqual(['accepted', 'key-reused']);
    expect(await ledger.recorder.submit(other)).toEqual({ kind: 'key-reused' });
    expect(await readAll(ledger.log)).toHaveLength(2);
  });

  it('is a new command for another caller or another stream', async () => {
    const report = request(ID, aReport());
    receiptOf(await ledger.recorder.submit(report));
    const other = { ...report, streamId: idIn(3, 1) };
    expect(receiptOf(await ledger.recorder.submit(other)).replayed).toBe(false);
    const answer = await ledger.recorder.submit({ ...report, caller: 'another' });
    expect(answer).toMatchObject({ kind: 'rejected', rejection: { code: 'incident-exists' } });
  });

  it('keeps callers and keys apart that read the same when put together', async () => {
    receiptOf(await ledger.recorder.submit(request(ID, aReport(), { caller: 'a', key: '|b' })));
    const other = request(ID, assess('two sources'), { caller: 'a|', key: 'b' });
    expect(receiptOf(await ledger.recorder.submit(other)).version).toBe(2);
  });

  it('is known by keys and callers of any length', async () => {
    const long = { caller: 'Ж'.repeat(900), key: '🚨'.repeat(900) };
    const report = request(ID, aReport(), long);
    const first = receiptOf(await ledger.recorder.submit(report));
    expect(receiptOf(await ledger.recorder.submit(report))).toEqual({ ...first, replayed: true });
  });

  it('is decided anew when it wrote nothing', async () => {
    receiptOf(await ledger.recorder.submit(request(ID, aRow())));
    const unchanged = request(ID, aRow());
    // Beside one that writes, so that there is a commit in which a receipt might be left.
    const [nothing] = (
      await Promise.all([
        ledger.recorder.submit(unchanged),
        ledger.recorder.submit(request(idIn(3, 1), aReport())),
      ])
    ).map(receiptOf);
    expect(nothing).toMatchObject({
      version: 1,
      events: [],
      replayed: false,
      outcome: { outcome: 'unchanged' },
    });
    const head = await ledger.log.ends();
    expect(nothing?.position).toBe(`3:${head[3]?.offset ?? ''}`);
    // No receipt was left, so the key is free for another command.
    const changed = { ...unchanged, command: aRow({ adm_1: 'Crimea' }, { edition: '2019' }) };
    expect(receiptOf(await ledger.recorder.submit(changed)).outcome?.outcome).toBe('revised');
  });

  it('tells a rejected command again what is then so', async () => {
    const early = request(ID, assess('two sources'));
    expect(await ledger.recorder.submit(early)).toMatchObject({
      kind: 'rejected',
      rejection: { code: 'incident-absent' },
      version: 0,
    });
    receiptOf(await ledger.recorder.submit(request(ID, aReport())));
    expect(receiptOf(await ledger.recorder.submit(early)).version).toBe(2);
  });
});

describe('a command that expects a version', () => {
  let home: ReturnType<typeof tempDir>;
  let ledger: TestLedger;
  beforeEach(async () => {
    home = tempDir('recorder-versions-');
    ledger = await openLedger(home.path);
    receiptOf(await ledger.recorder.submit(request(ID, aReport())));
  });
  afterEach(async () => {
    await ledger.close();
    home.dispose();
  });

  it('is accepted once of 64 at a time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, n) =>
        ledger.recorder.submit(
          request(ID, assess(`rationale ${String(n)}`), { expectedVersion: 1 }),
        ),
      ),
    );
    expect(answers.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    const conflicts = answers.filter(({ kind }) => kind === 'conflict');
    expect(conflicts).toEqual(Array.from({ length: 63 }, () => ({ kind: 'conflict', version: 2 })));
    expect(await readAll(ledger.log)).toHaveLength(3);
  });

  it('is replayed by its key whatever the version is by then', async () => {
    const first = request(ID, assess('two sources'), { expectedVersion: 1 });
    receiptOf(await ledger.recorder.submit(first));
    receiptOf(await ledger.recorder.submit(request(ID, assess('three sources'))));
    expect(receiptOf(await ledger.recorder.submit(first))).toMatchObject({
      version: 2,
      replayed: true,
    });
  });

  it('conflicts before it is decided', async () => {
    const absent = request(idIn(3, 7), assess('two sources'), { expectedVersion: 4 });
    expect(await ledger.recorder.submit(absent)).toEqual({ kind: 'conflict', version: 0 });
  });
});
