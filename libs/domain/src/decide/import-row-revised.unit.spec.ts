import { describe, expect, it } from '@jest/globals';
import { aRow, command, event, given, happened, nextRow, NOW, recordedAfter } from '#libs/testing';
import type { IncidentEvent } from '../events.js';
import { importOutcome } from '../import-outcome.js';

const first = happened([aRow()]);

/** What the next edition's row comes to after the first edition's, and its events' data by type. */
function next(
  columns: Record<string, string | undefined>,
  { after = first, ...overrides }: { after?: IncidentEvent[]; scope?: string } = {},
) {
  const { events } = given(after).when(nextRow(columns, overrides));
  return { events, types: events.map((e) => e.type), ...importOutcome(events) };
}

describe('import-row, revised', () => {
  it('names the fields of the changed columns, and moves the incident', () => {
    const { events, types, outcome, fields } = next({
      latitude: '45.093056',
      longitude: '33.595',
      adm_1: 'Crimea',
    });
    expect(outcome).toBe('revised');
    expect(fields).toEqual(['location.regionName', 'location.point']);
    expect(types).toEqual(['incident.relocated', 'incident.source-row-recorded']);
    expect(events[0]?.data).toMatchObject({ reason: 'edition 2019', reportedAt: '2020-06-01' });
    const state = recordedAfter([...first, ...events]);
    expect(state.location).toMatchObject({
      point: { lat: 45.093056, lon: 33.595 },
      region: 'UA-43',
      regionName: 'Crimea',
      name: 'Donetsk town',
    });
    expect(state.rows['events']?.columns).toMatchObject({ adm_1: 'Crimea', best: '2' });
  });

  it('names a column without a field as original', () => {
    const { types, outcome, fields } = next({ event_clarity: '2' });
    expect({ types, outcome, fields }).toEqual({
      types: ['incident.source-row-recorded'],
      outcome: 'revised',
      fields: ['original.event_clarity'],
    });
  });

  it('withdraws the claim that changed as superseded and records the new one', () => {
    const { events, types, fields } = next({ best: '3', high: '6' });
    expect(fields).toEqual(['casualties.killed.all.best', 'casualties.killed.all.high']);
    expect(types).toEqual([
      'incident.claim-withdrawn',
      'incident.claim-recorded',
      'incident.source-row-recorded',
    ]);
    expect(events[0]?.data).toEqual({
      reportedAt: '2020-06-01',
      claimId: 'c1',
      reason: 'superseded by edition 2019',
    });
    const state = recordedAfter([...first, ...events]);
    expect(state.claims).toMatchObject([
      { id: 'c1', withdrawn: { reason: 'superseded by edition 2019' } },
      { id: 'c2', low: 1, best: 3, high: 6, reportedAt: '2020-06-01' },
    ]);
    expect(state.rows['events']?.claims).toEqual({ 'casualties.killed.all': 'c2' });
  });

  it('lets a claim of civilians appear and disappear', () => {
    const appeared = next({ deaths_civilians: '2' });
    expect(appeared.types).toEqual(['incident.claim-recorded', 'incident.source-row-recorded']);
    const after = [...first, ...appeared.events];
    expect(recordedAfter(after).rows['events']?.claims).toEqual({
      'casualties.killed.all': 'c1',
      'casualties.killed.civilian': 'c2',
    });
    const gone = next({ deaths_civilians: '0' }, { after });
    expect(gone.types).toEqual(['incident.claim-withdrawn', 'incident.source-row-recorded']);
    expect(recordedAfter([...after, ...gone.events]).rows['events']?.claims).toEqual({
      'casualties.killed.all': 'c1',
    });
  });

  it('does not withdraw again what a reviewer withdrew', () => {
    const withdrawn = event('incident.claim-withdrawn', {
      reportedAt: NOW,
      claimId: 'c1',
      reason: 'counted twice',
    });
    expect(next({ best: '3' }, { after: [...first, withdrawn] }).types).toEqual([
      'incident.claim-recorded',
      'incident.source-row-recorded',
    ]);
  });

  it('takes values along that have no column of their own', () => {
    const area = recordedAfter([...first, ...next({ where_prec: '2' }).events]).location;
    expect(area).toMatchObject({ precision: 'area', radiusKm: 25 });
    const vague = recordedAfter([...first, ...next({ date_prec: '2' }).events]).occurred;
    expect(vague).toMatchObject({ precision: 'week', span: 'within' });
    const after = happened([aRow({ where_prec: '2' })]);
    const exact = recordedAfter([
      ...after,
      ...next({ where_prec: '1' }, { after }).events,
    ]).location;
    expect(exact).not.toHaveProperty('radiusKm');
  });

  it('takes the point away when the place is a name only', () => {
    const row = nextRow({ where_prec: '7' });
    const { point: _, ...nameOnly } = row.data.record.location;
    const record = { ...row.data.record, location: nameOnly };
    const { events } = given(first).when({ ...row, data: { ...row.data, record } });
    expect(recordedAfter(first).location).toHaveProperty('point');
    expect(recordedAfter([...first, ...events]).location).not.toHaveProperty('point');
  });
});

describe('import-row and revisions by hand', () => {
  const byHand = happened(
    [
      command('revise', {
        kind: 'artillery_shelling',
        title: 'Shelling of Donetsk',
        location: { ...recordedAfter(first).location, name: 'Donetsk, Kievskyi district' },
        reason: 'read the sources',
      }),
      command('withdraw-claim', { claimId: 'c1', reason: 'counted twice' }),
    ],
    { after: first },
  );

  it('an unchanged row never undoes them', () => {
    given(byHand).when(nextRow()).thenNothing();
    given(byHand).when(aRow()).thenNothing();
  });

  it('a changed row leaves those to other fields', () => {
    const { events, fields } = next({ adm_1: 'Crimea' }, { after: byHand });
    expect(fields).toEqual(['location.regionName']);
    expect(recordedAfter([...byHand, ...events])).toMatchObject({
      kind: 'artillery_shelling',
      title: 'Shelling of Donetsk',
      location: { name: 'Donetsk, Kievskyi district', regionName: 'Crimea' },
      claims: [{ id: 'c1', withdrawn: { reason: 'counted twice' } }],
    });
  });

  it('a changed field undoes its own', () => {
    const { events } = next({ where_coordinates: 'Luhansk town' }, { after: byHand });
    expect(recordedAfter([...byHand, ...events]).location.name).toBe('Luhansk town');
  });

  it('a field changed to what the reviewer had set is named, and nothing moves', () => {
    const { types, fields } = next(
      { where_coordinates: 'Donetsk, Kievskyi district' },
      { after: byHand },
    );
    expect(types).toEqual(['incident.source-row-recorded']);
    expect(fields).toEqual(['location.name']);
  });

  it('a changed start that does not fit the end set by hand brings the end of the row', () => {
    const occurred = {
      start: '2016-01-19',
      end: '2016-01-20',
      span: 'lasted',
      precision: 'day',
    } as const;
    const after = happened([command('revise', { occurred, reason: 'read the sources' })], {
      after: first,
    });
    const { events } = next({ date_start: '2016-01-31' }, { after });
    expect(recordedAfter([...after, ...events]).occurred).toMatchObject({
      start: '2016-01-31',
      end: '2016-02-01',
    });
  });
});
