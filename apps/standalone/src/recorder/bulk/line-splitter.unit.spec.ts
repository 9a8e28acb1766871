import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineSplitter } from './line-splitter.js';

function split(chunks: readonly Buffer[], max = 1_000): string[] {
  const splitter = new LineSplitter(max);
  const lines = chunks.flatMap((chunk) => [...splitter.feed(chunk)]).concat([...splitter.end()]);
  return lines.map((line) => line.toString());
}

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 20 }).filter((s) => !s.includes('\n'))),
        fc.array(fc.nat(200)),
        (lines, cuts) => {
          const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const at = [...new Set(cuts.filter((c) => c < whole.length))].sort((a, b) => a - b);
          const chunks = [0, ...at].map((from, i) => whole.subarray(from, at[i]));
          expect(split(chunks)).toEqual(lines);
        },
      ),
    );
  });

  it('takes a last line without a line feed', () => {
    expect(split([Buffer.from('a\nb')])).toEqual(['a', 'b']);
  });

  it('drops a line that is too long, and goes on with the next', () => {
    const long = Array.from({ length: 10 }, () => Buffer.alloc(30, 'x'));
    expect(split([Buffer.from('a\n'), ...long, Buffer.from('\nb\n')], 100)).toEqual([
      'a',
      'too-long',
      'b',
    ]);
  });
});
