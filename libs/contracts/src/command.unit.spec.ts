import { describe, expect, it } from '@jest/globals';
import type { CommandName } from '#libs/domain';
import fc from 'fast-check';
import { commandHash, isCommandName, parseCommand } from './command.js';
import { commandSchemas } from './schemas/commands.js';
import { dateOrInstant } from './schemas/values.js';

const ID = '0192d2f4-7c00-7000-8000-000000000001';
const HASH = 'a'.repeat(64);
const source = { name: 'A newspaper' };
const occurrence = { asserts: 'occurrence', source, reportedAt: '2024-11-11' };
const killed = {
  asserts: 'casualties',
  indicator: 'killed',
  source,
  reportedAt: '2024-11-11',
};
const report = {
  kind: 'airstrike',
  title: 'Airstrike in the south',
  reportedAt: '2024-11-11',
  occurred: { start: '2024-11-10' },
};
const run = {
  importId: ID,
  dataset: 'ucdp-ged',
  format: 'ucdp-ged',
  edition: '2018',
  file: { name: 'a.csv', sha256: HASH, bytes: 10 },
};
const counts = {
  rows: 0,
  created: 0,
  revised: 0,
  unchanged: 0,
  extended: 0,
  vanished: 0,
  reappeared: 0,
  rejected: 0,
  eventsWritten: 0,
};
const presence = {
  dataset: 'ucdp-ged',
  scope: 'UA',
  externalId: '1',
  edition: '2018',
  importId: ID,
};
const { reportedAt: _, ...record } = { ...report, claims: [{ ...killed, low: 1, slot: 'k' }] };

/** The least that each command must carry. */
const least: Record<CommandName, Record<string, unknown>> = {
  report,
  'record-claim': occurrence,
  'respond-to-claim': {
    claimId: 'c1',
    stance: 'denies',
    by: { name: 'Peskov' },
    source,
    reportedAt: '2024-11-11',
  },
  'withdraw-claim': { claimId: 'c1', reason: 'wrong' },
  revise: { reason: 'better known' },
  assess: { grade: 'fair', rationale: '' },
  end: { end: '2024-11-11' },
  reopen: {},
  'attach-evidence': {
    sha256: HASH,
    mediaType: 'image/png',
    keptAt: 'archive 1',
    capturedBy: 'A',
    capturedAt: '2024-11-11',
  },
  link: { relation: 'part_of', to: ID },
  unlink: { relation: 'part_of', to: ID },
  merge: { into: ID, reason: 'the same' },
  unmerge: { reason: 'not the same' },
  retract: { reason: 'a drill' },
  reinstate: { reason: 'no drill' },
  'import-row': {
    ...{ dataset: 'ucdp-ged', externalId: '1', edition: '2018', importId: ID },
    ...{ reportedAt: '2019-06-01', record, columns: { id: '1', note: '' }, hash: HASH },
    mapping: { adm_1: ['location.regionName'] },
  },
  delist: { ...presence, reportedAt: '2019-06-01' },
  'start-import': { ...run, reportedAt: '2019-06-01' },
  'complete-import': { importId: ID, counts, rejects: [] },
  'abandon-import': { importId: ID, reason: 'killed' },
};
const names = Object.keys(commandSchemas) as CommandName[];

/** Where a command is wrong, in order of paths; empty when it is not. */
function wrong(name: CommandName, data: unknown): string[] {
  const parsed = parseCommand(name, data);
  return parsed.ok ? [] : parsed.issues.map((issue) => issue.path.join('.')).sort();
}

describe('command schemas', () => {
  it.each(names)('%s: the least of it passes', (name) => {
    expect(wrong(name, least[name])).toEqual([]);
  });

  it.each(names)('%s: an unknown key is refused, by its name', (name) => {
    const parsed = parseCommand(name, { ...least[name], Reason: 'x' });
    expect(parsed).toMatchObject({ ok: false, issues: [{ code: 'unrecognized_keys' }] });
    expect(JSON.stringify(parsed)).toContain('Reason');
  });

  it.each(names)('%s: anything but an object is refused', (name) => {
    for (const other of [null, undefined, 5, 'text', true, [], [least[name]]])
      expect(wrong(name, other)).not.toEqual([]);
  });

  it.each(names)('%s: nothing that JSON can hold makes it throw', (name) => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.constantFrom(...Object.keys(least[name]), 'x'),
        (value, key) => {
          parseCommand(name, { ...least[name], [key]: value });
          parseCommand(name, value);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each(names)('%s: U+0000 and half a surrogate pair are refused in every text', (name) => {
    const visit = (value: unknown, put: (next: unknown) => unknown): void => {
      if (typeof value === 'string')
        for (const unsafe of ['a\0b', 'a\ud83d', '\ude00'])
          expect(wrong(name, put(unsafe))).not.toEqual([]);
      else if (typeof value === 'object' && value !== null)
        for (const [key, child] of Object.entries(value))
          visit(child, (next) => put(Array.isArray(value) ? [next] : { ...value, [key]: next }));
    };
    visit(least[name], (next) => next);
  });

  it('lists everything that is wrong at once', () => {
    const everything = {
      ...report,
      kind: 5,
      title: ['x'],
      reportedAt: true,
      occurred: 'yesterday',
      actors: {},
    };
    expect(wrong('report', everything)).toEqual([
      'actors',
      'kind',
      'occurred',
      'reportedAt',
      'title',
    ]);
    const deeper = {
      ...report,
      location: { point: { lat: '50', lon: 200 }, precision: 'precise' },
      actors: [{ name: 7, role: 'initiator' }],
      claims: [{ ...killed, low: -1 }],
    };
    expect(wrong('report', deeper)).toEqual([
      'actors.0.name',
      'claims.0.low',
      'location.point.lat',
      'location.point.lon',
      'location.precision',
    ]);
  });

  it('fills in what may be left out', () => {
    expect(parseCommand('report', report)).toEqual({
      ok: true,
      command: {
        command: 'report',
        data: {
          ...report,
          occurred: { start: '2024-11-10', span: 'lasted', precision: 'unknown' },
          location: { precision: 'unknown' },
          actors: [],
          claims: [],
        },
      },
    });
  });

  it('takes null as absent, save where revise clears by it', () => {
    expect(wrong('report', { ...report, description: null, location: { point: null } })).toEqual(
      [],
    );
    expect(wrong('report', { ...report, title: null })).toEqual(['title']);
    expect(parseCommand('revise', { cause: null, kind: null, reason: 'x' })).toEqual({
      ok: true,
      command: { command: 'revise', data: { cause: null, reason: 'x' } },
    });
  });

  it('refuses nesting without end instead of overflowing', () => {
    let deep: unknown = 'x';
    for (let i = 0; i < 200_000; i += 1) deep = i % 2 ? [deep] : { deep };
    expect(wrong('link', { ...least.link, to: deep })).toEqual(['to']);
    expect(wrong('link', { ...least.link, deep })).toEqual(['']);
  });

  it('knows the commands by name', () => {
    expect(names.every(isCommandName)).toBe(true);
    for (const other of ['', 'Report', 'toString', '__proto__', 'constructor'])
      expect(isCommandName(other)).toBe(false);
  });
});

describe('casualties', () => {
  it.each([
    [{}, ['low']],
    [{ low: 6 }, []],
    [{ high: 0 }, []],
    [{ low: -1 }, ['low']],
    [{ best: 3.5 }, ['best']],
    [{ high: '7' }, ['high']],
    [{ low: 2 ** 31 }, ['low']],
    [{ low: 1, side: '' }, ['side']],
    [{ low: 1, indicator: 'dead' }, ['indicator']],
    [{ low: 1, count: { asOf: '2024-11-11', cumulative: false } }, ['count.cumulative']],
  ])('%j', (figures, at) => {
    expect(wrong('record-claim', { ...killed, ...figures })).toEqual(at);
  });

  it('NaN and infinity are no figures', () => {
    for (const low of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(wrong('record-claim', { ...killed, low })).toEqual(['low']);
  });

  it('belong to a claim that asserts them', () => {
    expect(wrong('record-claim', { ...occurrence, low: 6 })).toEqual(['']);
    expect(wrong('record-claim', { ...occurrence, asserts: 'attribution' })).toEqual(['actors']);
  });
});

describe('dates', () => {
  it.each([
    '2024-11-11',
    '2024-02-29',
    '2000-02-29',
    '0001-01-01',
    '2024-11-11T05:00Z',
    '2024-11-11T05:00:00Z',
    '2024-11-11T05:00:00.123456789+02:00',
    '2024-11-11T23:59:59-23:59',
  ])('%s passes', (text) => {
    expect(dateOrInstant.safeParse(text).success).toBe(true);
  });

  it.each([
    '',
    'yesterday',
    '2024-02-30',
    '2024-02-31T05:00:00Z',
    '2023-02-29',
    '1900-02-29',
    '2024-04-31',
    '2024-13-01',
    '2024-00-10',
    '0000-01-01',
    '2024-1-1',
    '24-01-01',
    '+002024-01-01',
    '2024-11-11T05:00:00',
    '2024-11-11 05:00:00Z',
    '2024-11-11T24:00:00Z',
    '2024-11-11T05:60:00Z',
    '2024-11-11T05:00:60Z',
    '2024-11-11T05:00:00+2',
    '2024-11-11\n',
    '20241111',
  ])('%j does not', (text) => {
    expect(dateOrInstant.safeParse(text).success).toBe(false);
  });
});

describe('places, ids and names', () => {
  it.each([
    ['report', { location: { point: { lat: 91, lon: 0 } } }, ['location.point.lat']],
    ['report', { location: { point: { lat: 0, lon: -180.1 } } }, ['location.point.lon']],
    ['report', { location: { point: { lat: 0 } } }, ['location.point.lon']],
    ['report', { location: { radiusKm: 0 } }, ['location.radiusKm']],
    ['report', { title: '' }, ['title']],
    ['report', { title: 'x'.repeat(1_001) }, ['title']],
    ['link', { to: 'not-a-uuid' }, ['to']],
    ['link', { relation: 'near' }, ['relation']],
    ['withdraw-claim', { claimId: 'c 1' }, ['claimId']],
    ['withdraw-claim', { claimId: '../c1' }, ['claimId']],
    ['retract', { reason: '' }, ['reason']],
    ['delist', { scope: 'Ukraine' }, ['scope']],
    ['delist', { dataset: 'UCDP GED' }, ['dataset']],
    ['start-import', { file: { name: 'a', sha256: 'A'.repeat(64), bytes: 1 } }, ['file.sha256']],
  ] as const)('%s %j is wrong at %j', (name, overrides, at) => {
    expect(wrong(name, { ...least[name], ...overrides })).toEqual(at);
  });

  it('ids are kept in lower case', () => {
    expect(parseCommand('link', { ...least.link, to: ID.toUpperCase() })).toMatchObject({
      command: { data: { to: ID } },
    });
  });
});

describe('commandHash', () => {
  const hashOf = (data: unknown): string => {
    const parsed = parseCommand('report', data);
    if (!parsed.ok) throw new Error('not a report');
    return commandHash(parsed.command);
  };

  it('does not depend on the order of keys nor on what was left to the defaults', () => {
    const turned = Object.fromEntries(Object.entries(report).reverse());
    expect(hashOf(turned)).toBe(hashOf(report));
    expect(hashOf({ ...report, actors: [], location: { precision: 'unknown' } })).toBe(
      hashOf(report),
    );
  });

  it('differs with the body', () => {
    expect(hashOf({ ...report, title: 'Another' })).not.toBe(hashOf(report));
  });
});
