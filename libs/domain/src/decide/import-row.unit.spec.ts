import { describe, expect, it } from '@jest/globals';
import {
  anOccurrenceClaim,
  aReported,
  aRow,
  event,
  given,
  happened,
  nextRow,
  NOW,
  OTHER_ID,
  recordedAfter,
  ROW,
} from '#libs/testing';
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

describe('import-row, created', () => {
  it('is one event with the description, numbered claims and the whole row', () => {
    const row = aRow({ deaths_civilians: '2' });
    const { claims: _, ...description } = row.data.record;
    const claim = {
      asserts: 'casualties' as const,
      source: { name: 'UCDP', type: 'dataset' as const },
      reportedAt: '2019-06-01',
      indicator: 'killed' as const,
    };
    const outcome = given([]).when(row);
    outcome.then([
      event('incident.reported', {
        ...description,
        reportedAt: '2019-06-01',
        claims: [
          { ...claim, id: 'c1', population: 'all', low: 1, best: 2, high: 5 },
          { ...claim, id: 'c2', population: 'civilian', best: 2 },
        ],
        sourceRow: {
          dataset: 'events',
          scope: 'UA',
          externalId: '156835',
          edition: '2018',
          importId: row.data.importId,
          hash: row.data.hash,
          columns: { ...ROW, deaths_civilians: '2' },
          claims: { 'casualties.killed.all': 'c1', 'casualties.killed.civilian': 'c2' },
        },
      }),
    ]);
    expect(importOutcome(outcome.events)).toEqual({
      outcome: 'created',
      extended: false,
      fields: [],
    });
  });

  it('records figures as the dataset states them, and marks those out of order', () => {
    const state = recordedAfter(happened([aRow({ low: '35', best: '228', high: '35' })]));
    expect(state.claims).toMatchObject([{ low: 35, best: 228, high: 35, inconsistent: true }]);
    expect(recordedAfter(first).claims[0]).not.toHaveProperty('inconsistent');
  });

  it('lists the row in its scope, and an extract in none', () => {
    expect(recordedAfter(first).rows['events']?.scopes).toEqual(['UA']);
    expect(
      recordedAfter(happened([aRow({}, { scope: undefined })])).rows['events']?.scopes,
    ).toEqual([]);
  });

  it('keeps the ids that the row gives its claims', () => {
    const row = aRow();
    const [claim] = row.data.record.claims;
    if (!claim) throw new Error('the row makes no claim');
    const record = { ...row.data.record, claims: [{ ...claim, id: 'ucdp' }] };
    const state = recordedAfter(happened([aRow({}, { record })]));
    expect(state.claims.map((c) => c.id)).toEqual(['ucdp']);
    expect(state.rows['events']?.claims).toEqual({ 'casualties.killed.all': 'ucdp' });
  });
});

describe('import-row, unchanged', () => {
  it('writes nothing for the same row again', () => {
    given(first).when(aRow()).thenNothing();
    given(first).when(nextRow()).thenNothing();
    expect(importOutcome([])).toEqual({ outcome: 'unchanged', extended: false, fields: [] });
  });

  it('writes nothing when only the spelling differs', () => {
    given(first)
      .when(
        nextRow({
          latitude: '48.000000',
          date_start: '2016-02-01 00:00:00.000',
          where_coordinates: 'Donetsk  Town ',
          best: '2.0',
        }),
      )
      .thenNothing();
  });

  it('writes nothing when the edition has lost a column, and still compares it with the next', () => {
    given(first)
      .when(nextRow({ event_clarity: undefined }))
      .thenNothing();
    const { fields } = next({ event_clarity: '2' });
    expect(fields).toEqual(['original.event_clarity']);
  });

  it('keeps gained columns, with those only, as an extension', () => {
    const { events, outcome, extended, fields } = next({ relid: 'UKR-2016-1-1', code_status: '' });
    expect({ outcome, extended, fields }).toEqual({
      outcome: 'unchanged',
      extended: true,
      fields: [],
    });
    expect(events).toMatchObject([
      {
        type: 'incident.source-row-recorded',
        data: {
          fields: [],
          sourceRow: {
            edition: '2019',
            columns: { relid: 'UKR-2016-1-1', code_status: '' },
            claims: { 'casualties.killed.all': 'c1' },
          },
        },
      },
    ]);
    given([...first, ...events])
      .when(nextRow({ relid: 'UKR-2016-1-1', code_status: '' }))
      .thenNothing();
  });

  it('makes no revision of a gained column that feeds a field', () => {
    const old = happened([aRow({ adm_1: undefined })]);
    const { outcome, extended } = next({}, { after: old });
    expect({ outcome, extended }).toEqual({ outcome: 'unchanged', extended: true });
  });

  it('is listed when the row is new in this scope, without columns', () => {
    const { events, types, extended } = next({}, { scope: 'all' });
    expect(types).toEqual(['incident.source-row-recorded']);
    expect(events[0]?.data).toMatchObject({ sourceRow: { scope: 'all', columns: {} }, fields: [] });
    expect(extended).toBe(false);
    expect(recordedAfter([...first, ...events]).rows['events']?.scopes).toEqual(['UA', 'all']);
  });

  it('as an extract lists and writes nothing', () => {
    given(first)
      .when(nextRow({}, { scope: undefined }))
      .thenNothing();
  });
});

describe('import-row on what it did not create', () => {
  it('joins its claims to an incident reported by hand, whose description stands', () => {
    const byHand = [aReported({ claims: [anOccurrenceClaim()] })];
    const { events, types } = next({}, { after: byHand });
    expect(types).toEqual(['incident.claim-recorded', 'incident.source-row-recorded']);
    const state = recordedAfter([...byHand, ...events]);
    expect(state).toMatchObject({
      kind: 'blackout',
      title: 'Emergency blackouts in Kyiv',
      claims: [{ id: 'c1' }, { id: 'c2', best: 2 }],
    });
    expect(state.rows['events']).toMatchObject({
      scopes: ['UA'],
      columns: ROW,
      claims: { 'casualties.killed.all': 'c2' },
    });
  });

  it.each([
    ['retracted', event('incident.retracted', { reportedAt: NOW, reason: 'a hoax' })],
    ['merged', event('incident.merged', { reportedAt: NOW, into: OTHER_ID, reason: 'the same' })],
  ])('is accepted on a %s incident and leaves it so', (status, act) => {
    const after = [...first, act];
    const { events, outcome } = next({ adm_1: 'Crimea', best: '4' }, { after });
    expect(outcome).toBe('revised');
    expect(recordedAfter([...after, ...events]).status).toBe(status);
  });

  it('is rejected when the row is invalid', () => {
    given(first)
      .when(nextRow({ id: '999' }))
      .thenRejected('row-invalid', 'externalId');
    given([])
      .when(aRow({ date_start: '2016-02-02' }))
      .thenRejected('end-before-start', 'record.occurred.end');
    const { record } = aRow({ deaths_civilians: '1' }).data;
    const claims = record.claims.map((c) => ({ ...c, slot: 'casualties' }));
    given([])
      .when(aRow({}, { record: { ...record, claims } }))
      .thenRejected('row-invalid', 'record.claims.1');
    const late = record.claims.map((c) => ({ ...c, reportedAt: '2019-06-02' }));
    given([])
      .when(aRow({}, { record: { ...record, claims: late } }))
      .thenRejected('claim-later-than-report', 'record.claims.0.reportedAt');
    given([])
      .when(aRow({}, { reportedAt: '2030-01-01' }))
      .thenRejected('reported-in-future', 'reportedAt');
  });

  it('does not take a dataset for another thing, whatever its name', () => {
    const dataset = 'constructor';
    const history = happened([aRow({}, { dataset })]);
    expect(recordedAfter(history).rows[dataset]).toMatchObject({ externalId: '156835' });
    given([aReported()])
      .when(aRow({}, { dataset }))
      .thenTypes('incident.claim-recorded', 'incident.source-row-recorded');
  });
});
