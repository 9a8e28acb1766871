import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sha256 } from '#libs/contracts';
import { RowIndex } from './row-index.js';

describe('RowIndex', () => {
  it('tells the same content from different content, and names the first line', () => {
    const index = new RowIndex();
    expect(index.add('a', 2, sha256('x'))).toEqual({ kind: 'new' });
    expect(index.add('b', 3, sha256('x'))).toEqual({ kind: 'new' });
    expect(index.add('a', 4, sha256('x'))).toEqual({ kind: 'same', line: 2 });
    expect(index.add('a', 5, sha256('y'))).toEqual({ kind: 'different', line: 2 });
    expect(index.size).toBe(2);
  });

  it('counts the id of a rejected row as seen, and compares nothing with it', () => {
    const index = new RowIndex();
    index.addRejected('a', 2);
    expect(index.has('a')).toBe(true);
    expect(index.add('a', 3, sha256('x'))).toEqual({ kind: 'new' });
    expect(index.lineOf('a')).toBe(3);
    index.addRejected('a', 4);
    expect(index.add('a', 5, sha256('x'))).toEqual({ kind: 'same', line: 3 });
  });

  it('answers as a Map would', () => {
    const rows = fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.constantFrom('x', 'y')), {
      maxLength: 3_000,
    });
    fc.assert(
      fc.property(rows, fc.array(fc.string({ maxLength: 3 })), (added, asked) => {
        const index = new RowIndex();
        const map = new Map<string, { line: number; content: string }>();
        for (const [line, [id, content]] of added.entries()) {
          const before = map.get(id);
          if (!before) map.set(id, { line, content });
          const kind = before ? (before.content === content ? 'same' : 'different') : 'new';
          expect(index.add(id, line, sha256(content)).kind).toBe(kind);
        }
        expect(index.size).toBe(map.size);
        for (const id of asked) expect(index.lineOf(id)).toBe(map.get(id)?.line);
      }),
      { numRuns: 30 },
    );
  });
});
