import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, hasUnsafeText, sha256 } from './canonical.js';
import { arbitraryJson } from './testing/arbitrary-json.js';

const canonicalize = createRequire(import.meta.url)('canonicalize') as (value: unknown) => string;

describe('canonicalJson (RFC 8785)', () => {
  it('equals the canonicalize library for anything that JSON can hold', () => {
    fc.assert(
      fc.property(arbitraryJson, (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves the value as it was', () => {
    fc.assert(
      fc.property(arbitraryJson, (value) => {
        const before = JSON.stringify(value);
        canonicalJson(value);
        expect(JSON.stringify(value)).toBe(before);
      }),
    );
  });

  it('writes the same whatever order the keys came in', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.integer())), fc.nat(), (entries, seed) => {
        const once = Object.entries(Object.fromEntries(entries));
        const turned = [...once.slice(seed % (once.length + 1)), ...once].slice(0, once.length * 2);
        expect(canonicalJson(Object.fromEntries(turned))).toBe(
          canonicalJson(Object.fromEntries(once)),
        );
      }),
    );
  });

  it.each([
    [
      'keys by UTF-16 code units',
      { b: 1, a: 2, '\u{1f600}': 3, '\ufb33': 4 },
      '{"a":2,"b":1,"😀":3,"\ufb33":4}',
    ],
    ['integer-like keys as text', { 10: 'x', 9: 'y', '': 'z' }, '{"":"z","10":"x","9":"y"}'],
    ['-0 as 0', [-0], '[0]'],
    [
      'numbers as ECMAScript does',
      [1e21, 5e-324, 1e-7, 0.1 + 0.2, 369.0],
      '[1e+21,5e-324,1e-7,0.30000000000000004,369]',
    ],
    [
      'the shortest escapes',
      ['\u0007\b\t\n\f\r"\\/\u2028\u007f€'],
      '["\\u0007\\b\\t\\n\\f\\r\\"\\\\/\u2028\u007f€"]',
    ],
    ['no absent values', { a: undefined, b: 1 }, '{"b":1}'],
    ['a key called toJSON', { toJSON: 'text', a: 1 }, '{"a":1,"toJSON":"text"}'],
    [
      'a key called __proto__',
      JSON.parse('{"z":1,"__proto__":{"b":1,"a":2}}') as unknown,
      '{"__proto__":{"a":2,"b":1},"z":1}',
    ],
  ])('writes %s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });
});

describe('sha256', () => {
  it('hashes the UTF-8 bytes', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(sha256('abc')).toBe(abc);
    expect(sha256(Buffer.from('abc'))).toBe(abc);
    expect(sha256('Київ')).toBe(sha256(Buffer.from('Київ', 'utf8')));
  });
});

describe('hasUnsafeText', () => {
  it.each([
    ['plain', false],
    ['😀', false],
    ['a\0b', true],
    ['\ud83d', true],
    ['\ude00\ud83d', true],
  ])('%j: %s', (text, unsafe) => {
    expect(hasUnsafeText(text)).toBe(unsafe);
  });

  it('agrees with what survives UTF-8', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff)), (units) => {
        const text = String.fromCharCode(...units);
        expect(hasUnsafeText(text)).toBe(
          units.includes(0) || Buffer.from(text).toString() !== text,
        );
      }),
    );
  });
});
