import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { aReport, describeWhen, tempDir } from '#libs/testing';
import { idsIn, openLedger, receiptOf, request, type TestLedger } from './testing/ledger.js';
import { readAll } from './testing/read-all.js';

let home: ReturnType<typeof tempDir>;
let ledger: TestLedger | undefined;
beforeEach(() => {
  home = tempDir('recorder-disk-');
});
afterEach(() => {
  home.dispose();
});

function mount(...args: string[]): void {
  execFileSync('mount', args, { timeout: 10_000, stdio: 'pipe' });
}

/** Undefined when this user may mount a small disk. */
function noMount(): string | undefined {
  const dir = tempDir('recorder-mount-');
  try {
    mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir.path);
    execFileSync('umount', [dir.path], { timeout: 10_000 });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return 'it mounts a small disk, which this user may not';
  } finally {
    dir.dispose();
  }
}

describeWhen(noMount(), 'a state store on a full disk', () => {
  it('answers 503 and says why; loses nothing; works again when there is room', async () => {
    const states = path.join(home.path, 'states');
    mkdirSync(states);
    mount('-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', states);
    try {
      let now = Date.parse('2024-11-12T08:00:00Z');
      ledger = await openLedger(home.path, { clock: () => (now += 1_000) });
      const { recorder, log } = ledger;
      const reports = [...idsIn(4, 150), ...idsIn(5, 150)].map((id) =>
        request(id, aReport({ description: 'x'.repeat(20_000) })),
      );
      const answers = [];
      for (let n = 0; n < reports.length; n += 10)
        answers.push(
          ...(await Promise.all(reports.slice(n, n + 10).map((report) => recorder.submit(report)))),
        );
      const refused = answers.filter(({ kind }) => kind !== 'accepted');
      expect(refused.length).toBeGreaterThan(10);
      expect(refused.length).toBeLessThan(290);
      for (const answer of refused)
        expect(answer).toMatchObject({
          kind: 'unavailable',
          detail: expect.stringMatching(/disk that holds the state store .* is full.*free some/),
        });
      mount('-o', 'remount,size=64m', states);
      for (const [n, report] of reports.entries()) {
        const receipt = receiptOf(await recorder.submit(report));
        expect(receipt.version).toBe(1);
        if (answers[n]?.kind === 'accepted') expect(receipt.replayed).toBe(true);
      }
      const written = (await readAll(log)).map(({ event }) => event.subject);
      expect(written).toHaveLength(301);
      expect(new Set(written).size).toBe(301);
    } finally {
      await ledger?.close();
      ledger = undefined;
      execFileSync('umount', [states], { timeout: 10_000 });
    }
  });
});
