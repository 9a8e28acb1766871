import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Edge, edgesOnCycles } from './cycles.js';

const NODES = ['a', 'b', 'c', 'd', 'e', 'f'];

const edges: fc.Arbitrary<Edge[]> = fc
  .array(fc.tuple(fc.constantFrom(...NODES), fc.constantFrom(...NODES)), { maxLength: 14 })
  .map((pairs) => pairs.map(([from, into], i) => ({ eventId: String(i), from, into })));

function reaches(all: readonly Edge[], from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const node of seen) {
    for (const edge of all) if (edge.from === node) seen.add(edge.into);
  }
  return seen.has(to);
}

describe('edgesOnCycles', () => {
  it('finds the edges whose target leads back to where they come from', () => {
    fc.assert(
      fc.property(edges, (all) => {
        const expected = all.filter((e) => reaches(all, e.into, e.from)).map((e) => e.eventId);
        expect(edgesOnCycles(all)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('follows chains of any length', () => {
    const chain = Array.from({ length: 50_000 }, (_, i) => ({
      eventId: String(i),
      from: String(i),
      into: String(i + 1),
    }));
    expect(edgesOnCycles(chain)).toEqual([]);
    expect(edgesOnCycles([...chain, { eventId: 'back', from: '50000', into: '49999' }])).toEqual([
      '49999',
      'back',
    ]);
  });
});
