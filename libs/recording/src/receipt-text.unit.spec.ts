import { describe, expect, it } from '@jest/globals';
import type { ImportOutcome } from '#libs/domain';
import fc from 'fast-check';
import { receiptFrom, receiptText } from './receipt-text.js';
import type { StoredReceipt } from './receipts.js';

const outcome: fc.Arbitrary<ImportOutcome> = fc.record({
  outcome: fc.constantFrom('created', 'revised', 'unchanged', 'reappeared', 'vanished'),
  extended: fc.boolean(),
  fields: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 }),
});

const receipt: fc.Arbitrary<StoredReceipt> = fc
  .record({
    commandHash: fc.constant('a'.repeat(64)),
    before: fc.nat(1_000_000),
    position: fc.tuple(fc.nat(11), fc.bigInt({ min: 0n, max: 10n ** 18n })).map((p) => p.join(':')),
    events: fc.array(
      fc.record({
        id: fc.uuid(),
        type: fc.constantFrom('incident.reported', 'incident.claim-recorded', 'import.started'),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    outcome: fc.option(outcome, { nil: undefined }),
  })
  .map(({ commandHash, before, position, events, outcome: came }) => ({
    commandHash,
    version: before + events.length,
    position,
    events: events.map((event, i) => ({ ...event, version: before + i + 1 })),
    ...(came && { outcome: came }),
  }));

describe('a receipt as text', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(receipt, (value) => {
        expect(receiptFrom(receiptText(value))).toEqual(value);
      }),
    );
  });

  it.each(['', 'x', 'hash\n1\n0:1', '{"commandHash":"a"}', 'hash\none\n0:1\n\nid type'])(
    '%j is none',
    (text) => {
      expect(() => receiptFrom(text)).toThrow(SyntaxError);
    },
  );
});
