import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openEmbeddedLog } from '#libs/event-log';
import { receiptKey } from './receipts.js';
import { liveAndRebuilt } from './testing/compare.js';
import { fastDir } from './testing/fast-dir.js';
import { checkInvariants } from './testing/invariants.js';
import { readAll } from './testing/read-all.js';
import { arbitraryScenario, play } from './testing/scenario.js';

const RUNS = 150;

describe('a recorder on a log and a store that fail', () => {
  const dir = fastDir();
  let run = 0;
  afterAll(() => {
    dir.dispose();
  });

  it('loses, doubles and invents nothing, whatever fails when', async () => {
    let faulted = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryScenario, async (s) => {
        run += 1;
        faulted += s.appends.some((f) => f !== 'none') ? 1 : 0;
        const at = path.join(dir.path, String(run));
        const log = openEmbeddedLog({ dir: path.join(at, 'log') });
        try {
          const { sent, outOfStep } = await play(log, at, s);
          expect(outOfStep).toEqual([]);
          const logged = await readAll(log);
          checkInvariants(sent, logged);
          const states = path.join(at, 'states');
          const keys = sent.map(({ request: r }) => receiptKey(r.streamId, r.caller, r.key));
          const { live, rebuilt } = await liveAndRebuilt(log, states, `${states}-2`, logged, keys);
          expect(live).toEqual(rebuilt);
        } finally {
          await log.close();
          rmSync(at, { recursive: true, force: true });
        }
      }),
      // A failure is told with what it was narrowed down to by then.
      { numRuns: RUNS, interruptAfterTimeLimit: 120_000 },
    );
    expect(faulted).toBeGreaterThan(RUNS / 4);
  }, 180_000);
});
