import { describe, expect, it } from '@jest/globals';
import { type ClaimState, fold, type Location, type Occurred, type Recorded } from '#libs/domain';
import { incidentRow } from './row.js';

const REPORTED = fold([
  {
    type: 'incident.reported',
    data: {
      kind: 'airstrike',
      title: 'A strike',
      occurred: { span: 'lasted', precision: 'day', start: '2024-11-11' },
      location: { precision: 'unknown' },
      actors: [],
      claims: [],
      reportedAt: '2024-11-12',
    },
  },
]) as Recorded;

function rowOf(change: Partial<Recorded>) {
  const stream = { id: 'i', partition: 3, firstRecorded: 5 };
  return incidentRow(stream, {
    version: 1,
    offset: '7',
    state: { ...REPORTED, ...change },
    recordedFrom: 10,
    recordedTo: Infinity,
    knownFrom: 0,
    knownTo: Infinity,
  });
}

const at = (iso: string) => Date.parse(iso);
const DAY_PRECISION = { precision: 'day' as const };

describe('the row of an incident', () => {
  it('covers whole days and lasts to the end of the last one', () => {
    const occurred: Occurred = {
      ...DAY_PRECISION,
      span: 'lasted',
      start: '2024-11-10',
      end: '2024-11-11',
    };
    expect(rowOf({ occurred })).toMatchObject({
      occurred_from: at('2024-11-10'),
      occurred_to: at('2024-11-12'),
      day_start: at('2024-11-10'),
      day_end: at('2024-11-10'),
    });
  });

  it('groups what happened within a window by the window, when both its ends are known', () => {
    const window: Occurred = {
      ...DAY_PRECISION,
      span: 'within',
      start: '2024-11-10',
      end: '2024-11-16',
    };
    expect(rowOf({ occurred: window })).toMatchObject({
      day_start: at('2024-11-10'),
      day_end: at('2024-11-16'),
    });
    const open: Occurred = { ...DAY_PRECISION, span: 'within', end: '2024-11-16' };
    expect(rowOf({ occurred: open })).toMatchObject({
      occurred_from: null,
      occurred_to: at('2024-11-17'),
      day_start: null,
      day_end: null,
    });
  });

  it('has a point only when the place may be drawn', () => {
    const point = { lat: 50, lon: 30 };
    const drawn = (location: Location) => rowOf({ location }).lat;
    expect(drawn({ precision: 'locality', point })).toBe(50);
    expect(drawn({ precision: 'area', point, radiusKm: 25 })).toBe(50);
    expect(drawn({ precision: 'area', point })).toBeNull();
    expect(drawn({ precision: 'region', point })).toBeNull();
  });

  it('is unlisted only when a scope delisted it and none lists it', () => {
    const row = { externalId: '1', edition: 'e', hash: 'h', columns: {}, claims: {} };
    const listed = (scopes: string[], delistedFrom: string[]) =>
      rowOf({ rows: { ged: { ...row, scopes, delistedFrom } } }).listed;
    expect(rowOf({}).listed).toBe(true);
    expect(listed([], [])).toBe(true);
    expect(listed(['UA'], ['all'])).toBe(true);
    expect(listed([], ['UA'])).toBe(false);
  });

  it('says nothing of a merge in its status', () => {
    const merged = { into: 'other', reason: 'same' };
    expect(rowOf({ status: 'merged', merged }).status).toBe('ended');
    expect(rowOf({ status: 'merged', merged, kind: 'blackout' }).status).toBe('open');
    const retracted = { reason: 'wrong' };
    expect(rowOf({ status: 'merged', merged, retracted }).status).toBe('retracted');
  });

  it('keeps apart what is unknown, zero, of one side, and withdrawn', () => {
    const claim = {
      id: 'c1',
      asserts: 'casualties' as const,
      indicator: 'killed' as const,
      population: 'all' as const,
      source: { name: 'Ministry', type: 'official' as const },
      reportedAt: '2024-11-11',
      responses: [],
      low: 6,
    };
    const killed = (...claims: ClaimState[]) => {
      const row = rowOf({ claims });
      return [row.killed_low, row.killed_best, row.killed_high, row.killed_claims, row.sources];
    };
    expect(killed(claim)).toEqual([6, null, null, true, ['Ministry']]);
    expect(killed({ ...claim, low: 0, best: 0, high: 0 })).toEqual([0, 0, 0, true, ['Ministry']]);
    expect(killed({ ...claim, side: 'Army' })).toEqual([null, null, null, false, ['Ministry']]);
    expect(killed({ ...claim, withdrawn: { reason: 'x' } })).toEqual([null, null, null, false, []]);
    expect(killed()).toEqual([null, null, null, false, []]);
  });
});
