import fc from 'fast-check';

/** Any UTF-16 text, lone surrogates and control characters among it. */
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.nat(0xffff), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
);

/** Keys that engines and libraries treat as something special. */
const oddKey = fc.oneof(
  fc.constantFrom('', '__proto__', 'constructor', 'prototype', 'toJSON', 'toString', 'length'),
  fc.constantFrom('0', '1', '9', '10', '01', '-1', '1.5', '4294967294', '4294967295', '4294967296'),
  fc.nat().map(String),
  anyText,
);

const oddNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(-0, 1e21, 1e20, 5e-324, -5e-324, 1e-6, 1e-7, 2 ** 53, 1.7976931348623157e308),
);

/** Anything that JSON can hold, with the keys, numbers and texts that go wrong first. */
export const arbitraryJson: fc.Arbitrary<unknown> = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), oddNumber, anyText),
    fc.array(tie('json'), { maxLength: 5 }),
    // fromEntries defines `__proto__` as a key like any other, as JSON.parse does.
    fc.array(fc.tuple(oddKey, tie('json')), { maxLength: 6 }).map((e) => Object.fromEntries(e)),
  ),
})).json;
