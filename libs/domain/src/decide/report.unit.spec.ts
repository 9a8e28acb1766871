import { describe, expect, it } from '@jest/globals';
import { aCasualtyClaim, anOccurrenceClaim, aReport, aReported, event, given } from '#libs/testing';
import { aRow } from '#libs/testing';

describe('report', () => {
  it('records the incident with the claims given, numbered', () => {
    const claims = [anOccurrenceClaim(), aCasualtyClaim({ low: 6 })];
    const { claims: _, ...data } = aReport().data;
    given([])
      .when(aReport({ claims }))
      .then([
        event('incident.reported', {
          ...data,
          claims: [
            { ...anOccurrenceClaim(), id: 'c1' },
            { ...aCasualtyClaim({ low: 6 }), id: 'c2' },
          ],
        }),
      ]);
  });

  it('keeps the ids that are given and numbers the others around them', () => {
    const claims = [{ id: 'c2' }, {}, { id: 'kyiv' }, {}].map((id) => anOccurrenceClaim(id));
    const [reported] = given([]).when(aReport({ claims })).thenTypes('incident.reported');
    const ids = reported?.type === 'incident.reported' && reported.data.claims.map((c) => c.id);
    expect(ids).toEqual(['c2', 'c3', 'kyiv', 'c4']);
  });

  it.each([
    ['a lasting kind without an end', { kind: 'air_alert' as const }, 'open'],
    ['a kind that does not last', { kind: 'airstrike' as const }, 'ended'],
    [
      'a lasting kind with its end',
      {
        occurred: {
          start: '2024-11-11',
          end: '2024-11-11',
          span: 'lasted',
          precision: 'day',
        } as const,
      },
      'ended',
    ],
  ])('%s begins as it should', (_, overrides, status) => {
    expect(given([aReported(overrides)]).state.status).toBe(status);
  });

  it('is rejected when the incident exists, also when a row made it', () => {
    given([aReported()]).when(aReport()).thenRejected('incident-exists');
    given(given([]).when(aRow()).events).when(aReport()).thenRejected('incident-exists');
  });

  it('is rejected when a claim is later than the report', () => {
    const claims = [anOccurrenceClaim(), anOccurrenceClaim({ reportedAt: '2024-11-12' })];
    given([])
      .when(aReport({ claims }))
      .thenRejected('claim-later-than-report', 'claims.1.reportedAt');
  });

  it('takes a claim made at some hour of the day of the report', () => {
    const claims = [anOccurrenceClaim({ reportedAt: '2024-11-11T22:00:00Z' })];
    given([]).when(aReport({ claims })).thenTypes('incident.reported');
  });

  it('is rejected when a claim id is given twice', () => {
    const claims = [anOccurrenceClaim({ id: 'a' }), anOccurrenceClaim({ id: 'a' })];
    given([]).when(aReport({ claims })).thenRejected('claim-exists', 'claims.1.id');
  });

  it.each([
    { low: 3, best: 2 },
    { best: 5, high: 4 },
    { low: 3, high: 2 },
  ])('is rejected when a person gives figures out of order: %j', (figures) => {
    given([])
      .when(aReport({ claims: [aCasualtyClaim(figures)] }))
      .thenRejected('figures-out-of-order', 'claims.0.low');
  });

  it.each([
    ['2024-11-11', '2024-11-10'],
    ['2024-11-11T05:00:00Z', '2024-11-11T04:59:00Z'],
    ['2024-11-11T05:00:00+02:00', '2024-11-11T02:00:00Z'],
  ])('is rejected when it starts %s and ends %s', (start, end) => {
    given([])
      .when(aReport({ occurred: { start, end, span: 'lasted', precision: 'minute' } }))
      .thenRejected('end-before-start', 'occurred.end');
  });

  it('takes an end on the plain date of the start', () => {
    const occurred = { start: '2024-11-11T05:00:00Z', end: '2024-11-11' } as const;
    given([])
      .when(aReport({ occurred: { ...occurred, span: 'lasted', precision: 'day' } }))
      .thenTypes('incident.reported');
  });

  it('is rejected when reported more than a day from now', () => {
    given([], { now: '2024-11-10T08:00:00.000Z' })
      .when(aReport({ reportedAt: '2024-11-12' }))
      .thenRejected('reported-in-future', 'reportedAt');
    given([], { now: '2024-11-10T08:00:00.000Z' })
      .when(aReport({ reportedAt: '2024-11-11' }))
      .thenTypes('incident.reported');
  });
});
