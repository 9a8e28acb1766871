import { describe, expect, it } from '@jest/globals';
import { assertChains, assertContinues, assertHolds, linksOf } from './chain.js';
import { Chain } from './contract/chain.js';

describe('chain', () => {
  it('reads links, and tells what is no event', () => {
    const chain = new Chain();
    const record = chain.one();
    expect(linksOf(record.bytes)).toEqual({ hash: record.hash, prevHash: record.prevHash });
    for (const text of ['', 'null', '[]', '{', '{"hash":1}', '{"hash":"x"}', '"x"'])
      expect(linksOf(Buffer.from(text))).toBeUndefined();
  });

  it('names the record that breaks the chain', () => {
    const [one, two, three] = new Chain().many(3);
    if (!one || !two || !three) throw new Error('three records were expected');
    expect(() => {
      assertChains(4, null, [one, two, three]);
    }).not.toThrow();
    expect(() => {
      assertChains(4, { offset: '0', hash: one.hash }, [two, three]);
    }).not.toThrow();
    expect(() => {
      assertChains(4, null, [one, three]);
    }).toThrow(/partition 4: record 1 of the batch.*nothing was written/);
    expect(() => {
      assertChains(4, null, [two]);
    }).toThrow(/record 0/);
  });

  it('says what stands at a lost place', () => {
    const [one, two] = new Chain().many(2);
    if (!one || !two) throw new Error('two records were expected');
    const place = { offset: '7', hash: one.hash };
    expect(() => {
      assertHolds(0, place, undefined);
    }).toThrow(/no event at that offset/);
    expect(() => {
      assertHolds(0, place, two.bytes);
    }).toThrow(/the hash there is/);
    expect(() => {
      assertHolds(0, place, Buffer.from('x'));
    }).toThrow(/not an event/);
    expect(() => {
      assertHolds(0, place, one.bytes);
      assertContinues(0, place, two.bytes);
    }).not.toThrow();
    expect(() => {
      assertContinues(0, place, one.bytes);
    }).toThrow(/continues/);
    expect(() => {
      assertContinues(0, place, Buffer.from('{}'));
    }).toThrow(/what follows it/);
  });
});
