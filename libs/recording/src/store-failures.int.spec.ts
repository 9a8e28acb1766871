import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aReport, aRow, command, tempDir, waitFor } from '#libs/testing';
import type { StateStore, StoreCommit } from './state-store.js';
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
beforeEach(() => {
  home = tempDir('recorder-store-');
});
afterEach(async () => {
  await ledger?.close();
  ledger = undefined;
  home.dispose();
});

describe('a state store that fails', () => {
  /** A ledger whose partition 4 has its store wrapped. */
  const openOn = (change: (store: StateStore) => Partial<StateStore>): Promise<TestLedger> =>
    open({
      wrapStore: (store, partition) =>
        partition === 4
          ? {
              stream: (id) => store.stream(id),
              receipt: (key) => store.receipt(key),
              place: () => store.place(),
              listed: (dataset, scope) => store.listed(dataset, scope),
              commit: (commit: StoreCommit) => {
                store.commit(commit);
              },
              clear: () => {
                store.clear();
              },
              ...change(store),
            }
          : store,
    });

  it.each(['before', 'after'])('at a commit (%s it took effect) loses no answer', async (when) => {
    let failing = false;
    const { recorder } = await openOn((store) => ({
      commit: (commit) => {
        const fails = failing;
        failing = false;
        if (fails && when === 'before') throw new Error('the store failed');
        store.commit(commit);
        if (fails) throw new Error('the store failed');
      },
    }));
    failing = true;
    const answers = await Promise.all(
      idsIn(4, 10).map((id) => recorder.submit(request(id, aReport()))),
    );
    for (const answer of answers) expect(receiptOf(answer)).toMatchObject({ version: 1 });
    receiptOf(await recorder.submit(request(ID, assess('two sources'))));
  });

  it('and is lost as a whole is built anew before anything is answered from it', async () => {
    let lose: () => void = () => undefined;
    const { recorder, log } = await openOn((store) => {
      lose = () => {
        store.clear();
      };
      return {};
    });
    receiptOf(await recorder.submit(request(ID, aRow())));
    lose();
    expect(() => [...recorder.listed(4, 'events', 'UA')]).toThrow(/being opened: try again/);
    await waitFor(() => recorder.health()[4]?.reopens === 1, { what: 'the store to be rebuilt' });
    expect([...recorder.listed(4, 'events', 'UA')]).toHaveLength(1);
    lose();
    expect(await recorder.submit(request(ID, aReport()))).toMatchObject({ kind: 'rejected' });
    lose();
    expect(receiptOf(await recorder.submit(request(ID, assess('two sources')))).version).toBe(2);
    lose();
    expect(await recorder.dryRun(request(ID, aReport()))).toMatchObject({
      kind: 'rejected',
      version: 2,
    });
    expect(await readAll(log)).toHaveLength(3);
  });

  it('and is lost while an append is under way, is not continued', async () => {
    let lose: (() => void) | undefined;
    home.dispose();
    home = tempDir('recorder-store-');
    ledger = await openLedger(home.path, {
      append: async (writer, batch) => {
        const offsets = await writer.append(batch);
        if (writer.partition === 4) lose?.();
        return offsets;
      },
      wrapStore: (store, partition) => {
        if (partition === 4)
          lose = () => {
            lose = undefined;
            store.clear();
          };
        return store;
      },
    });
    const keep = lose;
    lose = undefined;
    const other = idIn(4, 1);
    receiptOf(await ledger.recorder.submit(request(other, aReport())));
    lose = keep;
    receiptOf(await ledger.recorder.submit(request(ID, aReport())));
    expect(receiptOf(await ledger.recorder.submit(request(other, assess('x')))).version).toBe(2);
    expect(ledger.recorder.health()[4]?.reopens).toBe(1);
  });
});
