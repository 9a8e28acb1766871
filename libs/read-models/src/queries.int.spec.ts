import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Problem } from '#libs/platform';
import {
  aCasualtyClaim,
  aDelisting,
  anOccurred,
  aReport,
  aRow,
  aSource,
  command,
  IMPORT_ID,
  nextRow,
} from '#libs/testing';
import { getIncident } from './incident.js';
import { incidentHistory } from './history.js';
import { importRun, listImports } from './imports.js';
import { listIncidents } from './incidents.js';
import { LedgerFixture, ledgerCreated, uuidOf } from './testing/ledger-fixture.js';
import { stream, together } from './testing/streams.js';
import { stats } from './stats.js';
import { readModelsStatus } from './status.js';

const NOW = Date.parse('2024-12-01T00:00:00Z');
const BEGAN = '2024-11-01T00:00:00.000Z';
const at = (text: string): number => Date.parse(text);

let ledger: LedgerFixture;
beforeAll(async () => {
  ledger = await LedgerFixture.create();
}, 60_000);
afterAll(async () => {
  await ledger.close();
});

async function problemOf(run: Promise<unknown>): Promise<Problem> {
  try {
    await run;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem');
}

describe('an incident', () => {
  const id = uuidOf('call');
  beforeAll(async () => {
    await ledger.load([
      ledgerCreated(BEGAN),
      ...stream(id, [
        [
          '2024-11-11T09:00:00Z',
          aReport({
            kind: 'diplomatic_contact',
            title: 'A call',
            reportedAt: '2024-11-10',
            occurred: anOccurred({ start: '2024-11-07', end: '2024-11-07' }),
            claims: [
              {
                asserts: 'occurrence',
                source: aSource({ name: 'The Washington Post', type: 'media', anonymous: true }),
                reportedAt: '2024-11-10',
              },
            ],
          }),
        ],
        [
          '2024-11-11T10:00:00Z',
          command('respond-to-claim', {
            claimId: 'c1',
            stance: 'denies',
            by: { name: 'Peskov' },
            source: aSource({ name: 'Kremlin' }),
            reportedAt: '2024-11-11',
          }),
        ],
        [
          '2024-11-12T10:00:00Z',
          command('revise', {
            title: 'A phone call',
            location: { precision: 'locality', point: { lat: 26.68, lon: -80.04 }, country: 'US' },
            reason: 'the place is known',
            reportedAt: '2024-11-09',
          }),
        ],
      ]),
    ]);
  });

  it('is disputed now, and was not as known on the day before the denial', async () => {
    const now = await getIncident(ledger.pool, id, {}, NOW);
    expect(now).toMatchObject({ id, version: 4, status: 'ended', disputed: true });
    expect(now.claims[0]?.responses[0]).toMatchObject({ stance: 'denies', by: { name: 'Peskov' } });
    expect(now.firstRecordedAt).toBe('2024-11-11T09:00:00.000Z');
    expect(now.lastRecordedAt).toBe('2024-11-12T10:00:00.000Z');
    const known = { knownAt: at('2024-11-10T23:59:59.999Z') };
    expect((await getIncident(ledger.pool, id, known, NOW)).disputed).toBe(false);
    const recorded = { asOf: at('2024-11-11T09:30:00Z') };
    expect(await getIncident(ledger.pool, id, recorded, NOW)).toMatchObject({
      version: 1,
      disputed: false,
    });
  });

  it('includes what was recorded at the very instant asked about', async () => {
    const asked = (text: string) => getIncident(ledger.pool, id, { asOf: at(text) }, NOW);
    expect((await asked('2024-11-11T10:00:00.000Z')).version).toBe(2);
    expect((await asked('2024-11-11T09:59:59.999Z')).version).toBe(1);
  });

  it('tells what each change was, in the order recorded', async () => {
    const { changes } = await incidentHistory(ledger.pool, id);
    expect(changes.map((c) => [c.version, c.type, c.outOfOrder])).toEqual([
      [1, 'incident.reported', false],
      [2, 'incident.claim-responded', false],
      [3, 'incident.relocated', true],
      [4, 'incident.redescribed', true],
    ]);
    expect(changes[0]?.fields).toEqual([]);
    expect(changes[1]?.fields.map((f) => f.field)).toEqual(['disputed', 'claims.c1']);
    expect(changes[2]?.fields).toEqual(
      expect.arrayContaining([
        { field: 'location.point', from: null, to: { lat: 26.68, lon: -80.04 } },
        { field: 'location.country', from: 'UA', to: 'US' },
        { field: 'location.region', from: 'UA-30', to: null },
      ]),
    );
    expect(changes[3]).toMatchObject({
      recordedAt: '2024-11-12T10:00:00.000Z',
      reportedAt: '2024-11-09',
      recordedBy: 'tester',
      recordedByRole: 'recorder',
      reason: 'the place is known',
      importId: null,
      fields: [{ field: 'title', from: 'A call', to: 'A phone call' }],
    });
    expect(changes[3]?.event).toMatchObject({ specversion: '1.0', subject: id, streamversion: 4 });
  });

  it('is a 404 when there is none, or was none yet, and a 400 when the id is no UUID', async () => {
    expect(await problemOf(getIncident(ledger.pool, uuidOf('none')))).toMatchObject({
      status: 404,
    });
    expect(await problemOf(incidentHistory(ledger.pool, uuidOf('none')))).toMatchObject({
      status: 404,
    });
    const early = getIncident(ledger.pool, id, { asOf: at('2024-11-05T00:00:00Z') }, NOW);
    expect((await problemOf(early)).detail).toContain('as recorded at 2024-11-05');
    expect(await problemOf(getIncident(ledger.pool, 'x'))).toMatchObject({
      status: 400,
      code: 'invalid-id',
    });
  });

  it('is not there before the ledger began, which the list says', async () => {
    const query = { sort: 'recorded' as const, limit: 10 };
    const before = await listIncidents(ledger.pool, { ...query, asOf: at('2024-10-01') }, NOW);
    expect(before).toMatchObject({ items: [], next: null, ledgerBegins: BEGAN });
    const after = await listIncidents(ledger.pool, { ...query, asOf: at('2024-11-02') }, NOW);
    expect(after.items).toEqual([]);
    expect(after).not.toHaveProperty('ledgerBegins');
  });

  it('is answered finally once every partition was read to an end a minute later', async () => {
    const past = { asOf: at('2024-11-20T00:00:00Z') };
    expect((await getIncident(ledger.pool, id, past)).final).toBe(true);
    await ledger.pool.query(
      "UPDATE ledger.checkpoint SET ended_at = '2024-11-20T00:00:59Z' WHERE partition = 5",
    );
    expect((await getIncident(ledger.pool, id, past)).final).toBe(false);
  });
});

describe('sums', () => {
  const T = '2024-11-11T09:00:00Z';
  const killed = (figures: { low?: number; best?: number; high?: number }, source = 'A') =>
    aCasualtyClaim({ ...figures, source: aSource({ name: source }) });
  const strike = (name: string, overrides: Parameters<typeof aReport>[0]) =>
    stream(uuidOf(name), [[T, aReport({ kind: 'airstrike', ...overrides })]]);

  beforeAll(async () => {
    await ledger.load(
      together(
        strike('six', { claims: [killed({ low: 6 })] }),
        strike('two sources', {
          claims: [killed({ low: 1, best: 2, high: 3 }), killed({ best: 5 }, 'B')],
        }),
        strike('nothing said', {}),
        strike('across the year', {
          occurred: { start: '2023-12-30', end: '2024-01-02', span: 'within', precision: 'week' },
          claims: [killed({ best: 100 })],
        }),
        strike('long', {
          occurred: { start: '2023-12-30', end: '2024-01-02', span: 'lasted', precision: 'day' },
        }),
        stream(uuidOf('part'), [
          [T, aReport({ kind: 'airstrike', claims: [killed({ best: 50 })] })],
          [T, command('link', { relation: 'part_of', to: uuidOf('six') })],
        ]),
        stream(uuidOf('retracted'), [
          [T, aReport({ kind: 'airstrike', claims: [killed({ best: 70 })] })],
          [T, command('retract', { reason: 'a mistake' })],
        ]),
        stream(uuidOf('merged'), [
          [T, aReport({ kind: 'airstrike', claims: [killed({ best: 80 })] })],
          [T, command('merge', { into: uuidOf('six'), reason: 'the same' })],
        ]),
        strike('injured', {
          kind: 'explosion',
          claims: [aCasualtyClaim({ indicator: 'injured', low: 1, best: 1, high: 1 })],
        }),
      ),
    );
  });

  it('keep low, best and high apart and never turn unknown into 0', async () => {
    const answer = await stats(ledger.pool, { groupBy: ['kind', 'year'] }, NOW);
    expect(answer.groups.map((g) => [g.key, g.incidents, g.killed])).toEqual([
      [
        { kind: 'airstrike', year: '2023' },
        1,
        { low: null, best: null, high: null, withoutBest: 0, openHigh: 0 },
      ],
      [
        { kind: 'airstrike', year: '2024' },
        4,
        { low: 7, best: 5, high: 5, withoutBest: 1, openHigh: 1 },
      ],
      [
        { kind: 'airstrike', year: null },
        1,
        { low: 100, best: 100, high: 100, withoutBest: 0, openHigh: 0 },
      ],
      [
        { kind: 'explosion', year: '2024' },
        1,
        { low: null, best: null, high: null, withoutBest: 0, openHigh: 0 },
      ],
    ]);
    expect(answer.total).toMatchObject({ incidents: 7, injured: { low: 1, best: 1, high: 1 } });
    expect(answer).toMatchObject({ datasets: [], mayOverlap: false, groupBy: ['kind', 'year'] });
    expect(answer.position).toMatch(/^\d+:\d+(,\d+:\d+)*$/);
  });

  it('leave out what is part of another, retracted or merged, also where it is asked for', async () => {
    const asked = await stats(
      ledger.pool,
      { groupBy: [], status: ['retracted', 'merged', 'ended'], kind: ['airstrike'] },
      NOW,
    );
    expect(asked.total.incidents).toBe(8);
    expect(asked.total.killed.best).toBe(105);
  });

  it('of nothing are null', async () => {
    const { groups, total } = await stats(ledger.pool, { groupBy: ['week'], country: ['FR'] }, NOW);
    expect(groups).toEqual([]);
    expect(total).toMatchObject({ incidents: 0, killed: { low: null, withoutBest: 0 } });
  });

  it('merged ones are found by their status and say where they went', async () => {
    const query = { sort: 'recorded' as const, limit: 10, status: ['merged' as const] };
    const { items } = await listIncidents(ledger.pool, query, NOW);
    expect(items).toMatchObject([
      { id: uuidOf('merged'), status: 'merged', mergedInto: uuidOf('six') },
    ]);
    expect((await getIncident(ledger.pool, uuidOf('six'))).mergedFrom).toEqual([uuidOf('merged')]);
  });
});

describe('an import', () => {
  const second = '01930000-0000-7000-8000-000000000002';
  const T1 = '2024-11-11T09:00:00Z';
  const T2 = '2024-11-12T09:00:00Z';
  const run = (importId: string, edition: string, reportedAt: string) => ({
    importId,
    dataset: 'events',
    format: 'ucdp-ged',
    edition,
    scope: 'UA',
    file: { name: 'ged.csv', sha256: 'a'.repeat(64), bytes: 1 },
    reportedAt,
  });
  const counts = {
    rows: 3,
    created: 0,
    revised: 1,
    unchanged: 1,
    extended: 1,
    vanished: 1,
    reappeared: 0,
    rejected: 1,
    eventsWritten: 4,
  };
  const rejects = [{ record: 3, line: 4, column: 'latitude', value: '91', reason: 'too far' }];
  const imports = (version: number, time: string, type: string, data: unknown) => ({
    subject: 'dataset-events',
    version,
    time,
    event: { type, data },
  });

  beforeAll(async () => {
    await ledger.load(
      together(
        [
          imports(1, T1, 'import.started', run(IMPORT_ID, '2018', '2019-06-01')),
          imports(2, T1, 'import.completed', {
            importId: IMPORT_ID,
            counts: { ...counts, created: 3 },
            rejects: [],
            reportedAt: T1,
          }),
          imports(3, T2, 'import.started', run(second, '2019', '2020-06-01')),
        ],
        stream(uuidOf('row 1'), [
          [T1, aRow({ id: '1' })],
          [
            T2,
            nextRow(
              { id: '1', adm_1: 'Crimea', event_clarity: '2', best: '3' },
              { importId: second },
            ),
          ],
        ]),
        stream(uuidOf('row 2'), [
          [T1, aRow({ id: '2' })],
          [T2, nextRow({ id: '2', gained: 'x' }, { importId: second })],
        ]),
        stream(uuidOf('row 3'), [
          [T1, aRow({ id: '3' })],
          [T2, aDelisting({ externalId: '3', importId: second })],
        ]),
      ),
    );
  });

  it('while it runs, shows what came of it so far', async () => {
    expect(await importRun(ledger.pool, second)).toMatchObject({
      dataset: 'events',
      edition: '2019',
      scope: 'UA',
      status: 'running',
      finishedAt: null,
      counts: { created: 0, revised: 1, extended: 1, vanished: 1, reappeared: 0 },
      rejects: [],
    });
    expect(await listImports(ledger.pool, { status: 'running' })).toMatchObject([
      { importId: second },
    ]);
    expect((await readModelsStatus(ledger.pool)).runningImports).toMatchObject([
      { importId: second, dataset: 'events', edition: '2019' },
    ]);
  });

  it('tells what it changed, and in the history which edition and which fields', async () => {
    const { changes } = await importRun(ledger.pool, second);
    expect(changes.sort((a, b) => ((a.externalId ?? '') < (b.externalId ?? '') ? -1 : 1))).toEqual([
      {
        incidentId: uuidOf('row 1'),
        externalId: '1',
        outcome: 'revised',
        extended: false,
        fields: ['location.regionName', 'casualties.killed.all.best', 'original.event_clarity'],
      },
      {
        incidentId: uuidOf('row 3'),
        externalId: '3',
        outcome: 'vanished',
        extended: false,
        fields: [],
      },
    ]);
    const history = await incidentHistory(ledger.pool, uuidOf('row 1'));
    const ofSecond = history.changes.filter((c) => c.importId === second);
    expect(new Set(ofSecond.map((c) => c.edition))).toEqual(new Set(['2019']));
    const fields = ofSecond.flatMap((c) => c.fields.map((f) => f.field));
    expect(fields).toEqual(
      expect.arrayContaining([
        'location.regionName',
        'casualties.killed.best',
        'original.event_clarity',
        'claims.c1',
        'claims.c2',
        'datasets.events.edition',
      ]),
    );
  });

  it('when completed, shows what it stated', async () => {
    await ledger.append([
      imports(4, T2, 'import.completed', { importId: second, counts, rejects, reportedAt: T2 }),
    ]);
    expect(await importRun(ledger.pool, second)).toMatchObject({
      status: 'completed',
      finishedAt: new Date(T2).toISOString(),
      counts,
      rejects,
    });
    const all = await listImports(ledger.pool);
    expect(all.map((i) => [i.edition, i.status])).toEqual([
      ['2019', 'completed'],
      ['2018', 'completed'],
    ]);
    const { datasets, sources } = await readModelsStatus(ledger.pool);
    expect(datasets).toMatchObject([{ dataset: 'events', incidents: 3, edition: '2019' }]);
    expect(sources).toMatchObject([{ name: 'UCDP', type: 'dataset', claims: 3 }]);
  });

  it('counts what it dropped, and says so', async () => {
    const { total, datasets } = await stats(ledger.pool, { groupBy: [] }, NOW);
    expect(total).toMatchObject({ incidents: 3, delisted: 1 });
    expect(datasets).toEqual(['events']);
    const [row] = (await getIncident(ledger.pool, uuidOf('row 3'))).datasets;
    expect(row).toMatchObject({ dataset: 'events', edition: '2018', scopes: [], listed: false });
  });

  it('is a 404 when there is none', async () => {
    expect(await problemOf(importRun(ledger.pool, uuidOf('none')))).toMatchObject({
      status: 404,
      code: 'import-absent',
    });
  });
});
