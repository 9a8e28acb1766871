import { describe, expect, it } from '@jest/globals';
import { fold } from '#libs/domain';
import fc from 'fast-check';
import { arbitraryHistory, type HistoryEvent } from '../testing/histories.js';
import { foldHistory, type Rectangle, type Span } from './versions.js';

/** What the tables would hold after the batches: closed rectangles and the current layer. */
function store(batches: readonly (readonly HistoryEvent[])[]): Rectangle[] {
  let stored: Rectangle[] = [];
  for (const batch of batches) {
    const layer = stored.filter((r) => r.recordedTo === Infinity);
    const { cut, added } = foldHistory(layer, batch);
    const gone = new Set(cut.map((c) => c.source));
    stored = [
      ...stored.filter((r) => !gone.has(r)),
      ...cut.flatMap(({ source, left }) => left.map((span) => ({ ...source, ...span }))),
      ...added,
    ];
  }
  return stored;
}

/** Cuts the history into batches of the given sizes, again and again. */
function batchesOf(history: readonly HistoryEvent[], sizes: readonly number[]): HistoryEvent[][] {
  const batches: HistoryEvent[][] = [];
  for (let at = 0, i = 0; at < history.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    batches.push(history.slice(at, at + size));
    at += size;
  }
  return batches;
}

const covers = (span: Span, a: number, k: number) =>
  span.recordedFrom <= a && a < span.recordedTo && span.knownFrom <= k && k < span.knownTo;

const bySpan = (a: Rectangle, b: Rectangle) =>
  a.recordedFrom - b.recordedFrom || a.knownFrom - b.knownFrom || a.recordedTo - b.recordedTo;

/** Every instant at which something changes on either axis, one before, and one after. */
function instants(values: readonly number[]): number[] {
  return [...new Set(values.flatMap((v) => [v - 1, v, v + 1]))];
}

const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });

describe('foldHistory', () => {
  it('gives at every (a, k) what the domain folds of the events known then', () => {
    fc.assert(
      fc.property(arbitraryHistory, sizes, (history, cuts) => {
        const stored = store(batchesOf(history, cuts));
        const alls = instants(history.map((e) => e.recorded));
        const knowns = instants(history.map((e) => e.reported));
        for (const a of alls) {
          for (const k of knowns) {
            const known = history.filter((e) => e.recorded <= a && e.reported <= k);
            const state = fold(known.map((e) => e.event));
            const found = stored.filter((r) => covers(r, a, k));
            if (state.status === 'absent') expect(found).toEqual([]);
            else {
              expect(found).toHaveLength(1);
              expect(found[0]?.state).toEqual(state);
              expect(found[0]?.version).toBe(known.at(-1)?.version);
              expect(found[0]?.offset).toBe(known.at(-1)?.offset);
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('stores no empty rectangle and just one that is current on both axes', () => {
    fc.assert(
      fc.property(arbitraryHistory, sizes, (history, cuts) => {
        const stored = store(batchesOf(history, cuts));
        for (const r of stored) {
          expect(r.recordedFrom).toBeLessThan(r.recordedTo);
          expect(r.knownFrom).toBeLessThan(r.knownTo);
        }
        const current = stored.filter((r) => r.recordedTo === Infinity && r.knownTo === Infinity);
        expect(current).toHaveLength(1);
      }),
    );
  });

  it('stores the same rectangles however the history is cut into batches', () => {
    fc.assert(
      fc.property(arbitraryHistory, sizes, (history, cuts) => {
        const atOnce = store([history]).sort(bySpan);
        const inBatches = store(batchesOf(history, cuts)).sort(bySpan);
        expect(inBatches).toEqual(atOnce);
      }),
    );
  });
});
