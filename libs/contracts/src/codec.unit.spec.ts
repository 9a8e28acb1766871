import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { sha256 } from './canonical.js';
import {
  decodeEvent,
  encodeEvent,
  hashOf,
  MalformedEventError,
  parseCloudEvent,
  UnknownEventError,
  verifyEvent,
} from './codec.js';
import { type EventDraft, GENESIS_HASH } from './envelope.js';
import type { Registry } from './registry.js';
import { arbitraryJson } from './testing/arbitrary-json.js';

const canonicalize = createRequire(import.meta.url)('canonicalize') as (value: unknown) => string;

function draft(overrides: Partial<EventDraft> = {}): EventDraft {
  return {
    id: '0192d2f4-7c00-7000-8000-000000000001',
    ledgerId: '0192d2f4-7c00-7000-8000-0000000000aa',
    subject: '0192d2f4-7c00-7000-8000-000000000002',
    time: '2024-11-11T12:00:00.000Z',
    streamVersion: 7,
    recordedBy: 'local',
    recordedByRole: 'recorder',
    causationId: 'key "1" \u2028 😀',
    commandHash: sha256('command'),
    correlationId: 'request-1',
    type: 'incident.retracted',
    data: { reportedAt: '2024-11-11', reason: 'It was a drill in Kyiv / Київ.' },
    ...overrides,
  } as EventDraft;
}

/** The event's bytes, changed and given the hash that fits the change. */
function forged(change: (event: Record<string, unknown>) => void): Buffer {
  const event = JSON.parse(encodeEvent(draft(), GENESIS_HASH).bytes.toString()) as Record<
    string,
    unknown
  >;
  change(event);
  delete event.hash;
  return Buffer.from(canonicalize({ ...event, hash: sha256(canonicalize(event)) }));
}

const anyDraft = fc
  .record({
    data: fc.dictionary(fc.string(), arbitraryJson),
    causationId: fc.string({ unit: 'grapheme' }),
    recordedBy: fc.string({ unit: 'grapheme' }),
    streamVersion: fc.integer({ min: 1 }),
    trace: fc.option(fc.record({ traceparent: fc.string(), tracestate: fc.string() }), {
      nil: {},
    }),
  })
  .map(({ trace, ...rest }) => draft({ ...rest, ...trace } as unknown as Partial<EventDraft>));

describe('encodeEvent', () => {
  it('stores the JCS form of the event, whatever the data, with a hash that verifies', () => {
    fc.assert(
      fc.property(anyDraft, (event) => {
        const { bytes, hash } = encodeEvent(event, GENESIS_HASH);
        const parsed = JSON.parse(bytes.toString()) as Record<string, unknown>;
        expect(bytes.toString()).toBe(canonicalize(parsed));
        const { hash: stored, ...rest } = parsed;
        expect(stored).toBe(hash);
        expect(hash).toBe(sha256(canonicalize(rest)));
        expect(hashOf(parseCloudEvent(bytes))).toBe(hash);
      }),
      { numRuns: 300 },
    );
  });

  it('gives back what went in', () => {
    fc.assert(
      fc.property(anyDraft, (event) => {
        const { bytes, hash } = encodeEvent(event, GENESIS_HASH);
        const back = decodeEvent(bytes);
        const asJson: unknown = JSON.parse(JSON.stringify(event));
        const { prevHash, hash: stored, ...rest } = back;
        expect([prevHash, stored]).toEqual([GENESIS_HASH, hash]);
        expect(isDeepStrictEqual(rest, asJson)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('chains: another predecessor gives another hash', () => {
    const one = encodeEvent(draft(), GENESIS_HASH);
    const two = encodeEvent(draft(), one.hash);
    expect(two.hash).not.toBe(one.hash);
    expect(decodeEvent(two.bytes).prevHash).toBe(one.hash);
  });
});

describe('verifyEvent', () => {
  it('accepts what was encoded', () => {
    const { bytes } = encodeEvent(draft(), GENESIS_HASH);
    expect(verifyEvent(bytes)).toEqual({ ok: true, event: decodeEvent(bytes) });
  });

  it('finds every change of one byte', () => {
    const { bytes } = encodeEvent(draft(), GENESIS_HASH);
    for (let at = 0; at < bytes.length; at += 1)
      for (const mask of [1, 2, 4, 8, 16, 32, 64, 128]) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ mask;
        if (verifyEvent(flipped).ok) throw new Error(`byte ${String(at)} ^ ${String(mask)}`);
      }
  });

  it('finds bytes added, left out and swapped', () => {
    const { bytes } = encodeEvent(draft(), GENESIS_HASH);
    const text = bytes.toString();
    for (const other of [
      text.slice(0, -1),
      `${text} `,
      ` ${text}`,
      `\ufeff${text}`,
      text.replace('{', '{"specversion":"1.0",'),
      text.replace('"streamversion":7', '"streamversion":7.0'),
      text.replace('😀', '\\ud83d\\ude00'),
      JSON.stringify(JSON.parse(text), null, 1),
    ])
      expect(verifyEvent(Buffer.from(other)).ok).toBe(false);
  });

  it.each([
    ['time', 'yesterday', /^time: /],
    ['time', '2024-11-11T12:00:00Z', /^time: /],
    ['streamversion', 0, /^streamversion: /],
    ['id', 'x', /^id: /],
    ['source', '/somewhere-else', /^source: /],
    ['specversion', '0.3', /^specversion: /],
    ['datacontenttype', 'text/plain', /^datacontenttype: /],
    ['commandhash', undefined, /^commandhash: /],
    ['data', { reportedAt: '2024-02-31', reason: 'x' }, /^data\.reportedAt: is not a day/],
    ['data', { reportedAt: '2024-02-28', reason: 'x', more: 1 }, /^data: .*more/],
    ['data', null, /^data: /],
  ])('finds %s = %j behind a hash that fits', (attribute, value, problem) => {
    const bytes = forged((event) => {
      event[attribute] = value;
    });
    const verified = verifyEvent(bytes);
    expect(verified).toEqual({ ok: false, problem: expect.stringMatching(problem) });
  });

  it('keeps and hashes extension attributes that it does not know', () => {
    const bytes = forged((event) => {
      event.sequence = '42';
    });
    expect(verifyEvent(bytes).ok).toBe(true);
    const { hash, ...rest } = parseCloudEvent(bytes);
    expect(hash).toBe(sha256(canonicalize(rest)));
    expect(rest).toHaveProperty('sequence', '42');
  });
});

describe('decodeEvent', () => {
  it.each(['', 'null', '[]', '{}', '"text"', '{"type":', '<html>', '{"type":"a","data":{}}'])(
    'refuses %j as malformed',
    (text) => {
      expect(() => decodeEvent(Buffer.from(text))).toThrow(MalformedEventError);
    },
  );

  it.each([
    ['conflict.incident.retracted', 'urn:conflict-ledger:schema:incident.merged:1'],
    ['incident.retracted', 'urn:conflict-ledger:schema:incident.retracted:1'],
    ['conflict.incident.retracted', 'urn:else:incident.retracted:1'],
    ['conflict.incident.retracted', 'urn:conflict-ledger:schema:incident.retracted:01'],
    ['conflict.incident.retracted', 'urn:conflict-ledger:schema:incident.retracted:1.0'],
    ['conflict.incident.retracted', 'urn:conflict-ledger:schema:incident.retracted:'],
  ])('refuses type %s with dataschema %s as malformed', (type, dataschema) => {
    const bytes = forged((event) => Object.assign(event, { type, dataschema }));
    expect(() => decodeEvent(bytes)).toThrow(MalformedEventError);
    expect(verifyEvent(bytes).ok).toBe(false);
  });

  it.each(['incident.vaporised:1', 'incident.retracted:2', 'toString:1', '__proto__:1'])(
    'does not know %s, and says to upgrade',
    (name) => {
      const bytes = forged((event) =>
        Object.assign(event, {
          type: `conflict.${name.slice(0, name.lastIndexOf(':'))}`,
          dataschema: `urn:conflict-ledger:schema:${name}`,
        }),
      );
      expect(() => decodeEvent(bytes)).toThrow(UnknownEventError);
      expect(() => decodeEvent(bytes)).toThrow(/upgrade/);
      expect(verifyEvent(bytes).ok).toBe(false);
    },
  );
});

/** A build in which `incident.retracted` is at version 3; 1 and 2 are still in somebody's log. */
const later: Registry = {
  'incident.retracted': {
    version: 3,
    schema: z.strictObject({
      reportedAt: z.string(),
      reasons: z.array(z.string()),
      by: z.string(),
    }),
    old: {
      1: {
        schema: z.strictObject({ reportedAt: z.string(), reason: z.string() }),
        upcast: (data) => {
          const { reportedAt, reason } = data as { reportedAt: string; reason: string };
          return { reportedAt, reasons: [reason] };
        },
      },
      2: {
        schema: z.strictObject({ reportedAt: z.string(), reasons: z.array(z.string()) }),
        upcast: (data) => ({ ...(data as object), by: 'unknown' }),
      },
    },
  },
};

describe('upcasting', () => {
  it('reads bytes of version 1 in the current form; the hash is still theirs', () => {
    const { bytes } = encodeEvent(draft(), GENESIS_HASH);
    const expected = {
      reportedAt: '2024-11-11',
      reasons: ['It was a drill in Kyiv / Київ.'],
      by: 'unknown',
    };
    expect(decodeEvent(bytes, later).data).toEqual(expected);
    expect(verifyEvent(bytes, later)).toMatchObject({ ok: true, event: { data: expected } });
  });

  it('joins in where the bytes stand', () => {
    const bytes = forged((event) => {
      event.dataschema = 'urn:conflict-ledger:schema:incident.retracted:2';
      event.data = { reportedAt: '2024-11-11', reasons: ['a', 'b'] };
    });
    expect(decodeEvent(bytes, later).data).toEqual({
      reportedAt: '2024-11-11',
      reasons: ['a', 'b'],
      by: 'unknown',
    });
    expect(() => decodeEvent(bytes)).toThrow(UnknownEventError);
  });

  it('verifies old bytes against the schema of their own version', () => {
    const bytes = forged((event) => {
      event.data = { reportedAt: '2024-11-11', reasons: ['not what version 1 looks like'] };
    });
    expect(verifyEvent(bytes, later)).toMatchObject({ ok: false });
  });

  it('refuses version 4 and version 0', () => {
    for (const [version, error] of [
      [4, UnknownEventError],
      [0, MalformedEventError],
    ] as const) {
      const bytes = forged((event) => {
        event.dataschema = `urn:conflict-ledger:schema:incident.retracted:${String(version)}`;
      });
      expect(() => decodeEvent(bytes, later)).toThrow(error);
    }
  });
});
