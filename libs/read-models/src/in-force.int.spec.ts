import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Problem } from '#libs/platform';
import { aLocation, anOccurred, aReport, command } from '#libs/testing';
import { inForce } from './in-force.js';
import { LedgerFixture, uuidOf } from './testing/ledger-fixture.js';
import { stream, together } from './testing/streams.js';

const T = '2024-11-11T09:00:00Z';
const NOW = Date.parse('2024-12-01T00:00:00Z');
const NOON = Date.parse('2024-11-11T12:00:00Z');

let ledger: LedgerFixture;
beforeAll(async () => {
  ledger = await LedgerFixture.create();
  const blackout = (region: string) =>
    stream(uuidOf(region), [[T, aReport({ location: aLocation({ region }) })]]);
  const alert = (name: string, location: Parameters<typeof aLocation>[0], more = {}) =>
    stream(uuidOf(name), [
      [
        T,
        aReport({
          kind: 'air_alert',
          title: name,
          occurred: anOccurred({ start: '2024-11-11T05:00:00Z', end: '2024-11-11T13:00:00Z' }),
          location: { country: 'UA', precision: 'region', ...location },
          ...more,
        }),
      ],
    ]);
  await ledger.load(
    together(
      ...['UA-30', 'UA-48', 'UA-71'].map(blackout),
      alert('country', { precision: 'country' }),
      alert('whole', { regionName: 'Sumska oblast' }),
      alert('part', { regionName: 'Sumska oblast', districtName: 'Konotopskyi' }),
      alert('other part', { regionName: 'Odeska oblast', communityName: 'Odesa' }),
      alert('over', {}, { occurred: anOccurred({ start: '2024-11-10', end: '2024-11-10' }) }),
      alert(
        'forgotten',
        {},
        { occurred: anOccurred({ start: '2024-11-01' }), reportedAt: '2024-11-01' },
      ),
      alert('not lasting', {}, { kind: 'explosion' }),
      stream(uuidOf('retracted'), [
        [T, aReport({ location: aLocation({ region: 'UA-59' }) })],
        ['2024-11-11T10:00:00Z', command('retract', { reason: 'a mistake' })],
      ]),
    ),
  );
}, 60_000);
afterAll(async () => {
  await ledger.close();
});

describe('in force at an instant', () => {
  it('tells which, per region and country-wide', async () => {
    const answer = await inForce(ledger.pool, { at: NOON }, NOW);
    expect(answer.inForce).toHaveLength(7);
    expect(answer.inForce.find((i) => i.incidentId === uuidOf('UA-30'))).toEqual({
      incidentId: uuidOf('UA-30'),
      kind: 'blackout',
      country: 'UA',
      region: 'UA-30',
      regionName: null,
      districtName: null,
      communityName: null,
      start: '2024-11-11',
      end: null,
      certain: false,
    });
    expect(answer.byRegion).toContainEqual({
      region: null,
      regionName: 'Sumska oblast',
      air_alert: { whole: 1, part: 1 },
      blackout: { whole: 0, part: 0 },
      displacement: { whole: 0, part: 0 },
    });
    expect(answer.byRegion.map((r) => r.regionName ?? r.region)).toEqual([
      'Odeska oblast',
      'Sumska oblast',
      'UA-30',
      'UA-48',
      'UA-71',
    ]);
    expect(answer.countryWide.map((i) => i.incidentId)).toEqual([uuidOf('country')]);
    expect(answer.endUnknown.map((i) => i.incidentId)).toEqual([uuidOf('forgotten')]);
    expect(answer).toMatchObject({ at: '2024-11-11T12:00:00.000Z', policy: 'open-ended/v1' });
  });

  it('takes the kinds and filters asked for', async () => {
    const blackouts = await inForce(ledger.pool, { at: NOON, kind: ['blackout'] }, NOW);
    expect(blackouts.inForce).toHaveLength(3);
    expect(blackouts.byRegion[0]).toEqual({
      region: 'UA-30',
      regionName: null,
      blackout: { whole: 1, part: 0 },
    });
    const sumy = await inForce(ledger.pool, { at: NOON, region: ['sumska OBLAST'] }, NOW);
    expect(sumy.inForce).toHaveLength(2);
    const retracted = await inForce(ledger.pool, { at: NOON, asOf: Date.parse(T) }, NOW);
    expect(retracted.inForce).toHaveLength(8);
  });

  it('refuses kinds that do not last', async () => {
    const asked = inForce(ledger.pool, { at: NOON, kind: ['explosion'] }, NOW);
    await expect(asked).rejects.toBeInstanceOf(Problem);
    await expect(asked).rejects.toMatchObject({ status: 400 });
  });

  it('is empty as known before anything was reported', async () => {
    const known = { at: NOON, knownAt: Date.parse('2024-10-31T00:00:00Z') };
    const answer = await inForce(ledger.pool, known, NOW);
    expect(answer).toMatchObject({ inForce: [], byRegion: [], countryWide: [], endUnknown: [] });
  });
});
