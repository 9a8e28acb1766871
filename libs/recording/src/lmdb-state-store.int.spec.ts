import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GENESIS_HASH } from '#libs/contracts';
import { tempDir } from '#libs/testing';
import { LmdbStateStore } from './lmdb-state-store.js';
import { StateStoreError, StateStores } from './state-stores.js';
import { emptyStream } from './stream.js';
import { idIn } from './testing/ledger.js';

const ID = idIn(4);
let home: ReturnType<typeof tempDir>;
beforeEach(() => {
  home = tempDir('recorder-tables-');
});
afterEach(() => {
  home.dispose();
});

describe('one partition of the state stores', () => {
  const place = (n: number) => ({ offset: String(n), hash: String(n).repeat(64) });
  const nothing = { states: new Map(), receipts: new Map(), listings: [], time: '2024-11-12' };

  it('tells what was committed at once, in the same turn, to all', async () => {
    const stores = StateStores.open(home.path);
    const [a, b] = [new LmdbStateStore(stores, '0'), new LmdbStateStore(stores, '1')];
    for (const [n, store] of [a, b, a, b].entries()) {
      const before = store.place()?.place.hash ?? GENESIS_HASH;
      const stream = { ...emptyStream(ID), version: n };
      store.commit({ ...nothing, after: before, states: new Map([[ID, stream]]), place: place(n) });
      expect(store.place()?.place).toEqual(place(n));
      expect(store.stream(ID)?.version).toBe(n);
    }
    expect(a.stream(ID)?.version).toBe(2);
    await stores.close();
  });

  it('takes all of a commit or nothing, and goes on after one that failed', async () => {
    const stores = StateStores.open(home.path);
    const store = new LmdbStateStore(stores, '0');
    const other = new LmdbStateStore(stores, '1');
    store.commit({ ...nothing, after: GENESIS_HASH, place: place(1) });
    const states = new Map([
      [ID, emptyStream(ID)],
      ['x'.repeat(5_000), emptyStream(ID)],
    ]);
    expect(() => {
      store.commit({ ...nothing, after: place(1).hash, states, place: place(2) });
    }).toThrow(StateStoreError);
    expect(store.place()?.place).toEqual(place(1));
    expect(store.stream(ID)).toBeUndefined();
    other.commit({ ...nothing, after: GENESIS_HASH, place: place(1) });
    store.commit({ ...nothing, after: place(1).hash, place: place(2) });
    expect([store, other].map((s) => s.place()?.place)).toEqual([place(2), place(1)]);
    await stores.close();
  });

  it('refuses what does not continue it, and whatever comes after closing', async () => {
    const stores = StateStores.open(home.path);
    const store = new LmdbStateStore(stores, '0');
    expect(() => {
      store.commit({ ...nothing, after: place(1).hash, place: place(2) });
    }).toThrow(/thrown away meanwhile/);
    await stores.close();
    expect(() => store.stream(ID)).toThrow(/was closed/);
    expect(() => {
      store.commit({ ...nothing, after: GENESIS_HASH, place: place(1) });
    }).toThrow(StateStoreError);
  });

  it('lists thousands of rows, in pieces, and other scopes not at all', async () => {
    const stores = StateStores.open(home.path);
    const store = new LmdbStateStore(stores, '0');
    const listing = (n: number, scope: string, listed = true) => ({
      dataset: 'events',
      scope,
      incidentId: `5a2f4f0e-7a1c-4c55-8f5d-${String(n).padStart(12, '0')}`,
      externalId: String(n),
      listed,
    });
    const rows = Array.from({ length: 3_000 }, (_, n) => n);
    store.commit({
      ...nothing,
      after: GENESIS_HASH,
      listings: [
        ...rows.map((n) => listing(n, 'UA')),
        ...rows.slice(0, 5).map((n) => listing(n, 'all')),
        ...rows.slice(0, 1_000).map((n) => listing(n, 'UA', false)),
      ],
      place: place(1),
    });
    const ids = [...store.listed('events', 'UA')].map(({ externalId }) => Number(externalId));
    expect(ids).toEqual(rows.slice(1_000));
    expect([...store.listed('events', 'all')]).toHaveLength(5);
    for (const [dataset, scope] of [
      ['events', 'U'],
      ['event', 'UA'],
      ['events2', 'UA'],
    ] as const)
      expect([...store.listed(dataset, scope)]).toEqual([]);
    await stores.close();
  });
});
