import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type MergeEdge, resolveMerges } from './merges.js';

const NODES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** At most one edge from each node, as an incident has one merge at a time. */
const arbitraryEdges: fc.Arbitrary<MergeEdge[]> = fc
  .array(
    fc.record({
      from: fc.constantFrom(...NODES),
      into: fc.constantFrom(...NODES),
      recordedAt: fc.nat({ max: 3 }),
    }),
    { maxLength: 8 },
  )
  .map((edges) => {
    const byFrom = new Map(edges.filter((e) => e.from !== e.into).map((e) => [e.from, e]));
    return [...byFrom.values()].map((e, i) => ({ ...e, eventId: `event ${String(i)}` }));
  })
  .chain((edges) => fc.shuffledSubarray(edges, { minLength: edges.length }));

/** Every cycle as the edges along it, found by walking on from each edge. */
function cycles(edges: readonly MergeEdge[]): MergeEdge[][] {
  return edges.flatMap((start) => {
    const walked = [start];
    for (let at = start; ;) {
      const next = edges.find((e) => e.from === at.into);
      if (!next) return [];
      if (next === start) return [walked];
      if (walked.includes(next)) return [];
      walked.push(next);
      at = next;
    }
  });
}

describe('merges', () => {
  it('of every cycle void the edge with the greatest (recorded, event id), and no other', () => {
    fc.assert(
      fc.property(arbitraryEdges, (edges) => {
        const wanted = new Set(
          cycles(edges).map((cycle) => {
            const [last] = [...cycle].sort(
              (a, b) => b.recordedAt - a.recordedAt || (a.eventId < b.eventId ? 1 : -1),
            );
            return last?.from;
          }),
        );
        expect(new Set(resolveMerges(edges).void.keys())).toEqual(wanted);
      }),
    );
  });

  it('lead every other merged incident to one that is not merged', () => {
    fc.assert(
      fc.property(arbitraryEdges, (edges) => {
        const { final, merged, sources, void: voided } = resolveMerges(edges);
        const valid = edges.filter((e) => !voided.has(e.from));
        expect([...merged].sort()).toEqual(valid.map((e) => e.from).sort());
        for (const target of final.values()) expect(merged).not.toContain(target);
        for (const { from, into } of valid) {
          expect(sources.get(into)).toContain(from);
          expect(final.get(from)).toBe(final.get(into) ?? into);
        }
      }),
    );
  });

  it('do not depend on the order in which they are given', () => {
    fc.assert(
      fc.property(arbitraryEdges, (edges) => {
        const other = resolveMerges([...edges].reverse());
        const one = resolveMerges(edges);
        expect(new Map(other.void)).toEqual(new Map(one.void));
        expect(new Map(other.final)).toEqual(new Map(one.final));
      }),
    );
  });
});
