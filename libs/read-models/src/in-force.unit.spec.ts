import { describe, expect, it } from '@jest/globals';
import type { Occurred } from '#libs/domain';
import { aRecorded } from '#libs/testing';
import { standingAt } from './in-force.js';

function standing(
  at: string,
  occurred: Omit<Occurred, 'span' | 'precision'> & Partial<Occurred>,
  lastReportedAt = '2024-11-11',
) {
  return standingAt(
    Date.parse(at),
    aRecorded({ occurred: { span: 'lasted', precision: 'minute', ...occurred }, lastReportedAt }),
  );
}
const CERTAIN = { certain: true };
const UNCERTAIN = { certain: false };

describe('what is in force', () => {
  it.each([
    ['2024-11-11T04:59:59Z', 'no'],
    ['2024-11-11T05:00:00Z', CERTAIN],
    ['2024-11-11T06:59:59.999Z', CERTAIN],
    ['2024-11-11T07:00:00Z', 'no'],
  ])('from the start up to, not including, the end: %s', (at, expected) => {
    const occurred = { start: '2024-11-11T05:00:00Z', end: '2024-11-11T09:00:00+02:00' };
    expect(standing(at, occurred)).toEqual(expected);
  });

  it.each([
    ['2024-11-10T23:59:59Z', 'no'],
    ['2024-11-11T00:00:00Z', UNCERTAIN],
    ['2024-11-11T12:00:00Z', UNCERTAIN],
    ['2024-11-12T12:00:00Z', CERTAIN],
    ['2024-11-13T12:00:00Z', UNCERTAIN],
    ['2024-11-14T00:00:00Z', 'no'],
  ])('plain dates cover their UTC days without certainty: %s', (at, expected) => {
    expect(standing(at, { start: '2024-11-11', end: '2024-11-13' })).toEqual(expected);
  });

  it.each([
    ['2024-11-11T12:00:00Z', UNCERTAIN],
    ['2024-11-12T00:00:00Z', 'end-unknown'],
  ])('a plain date without an end, until 24 h after the last report: %s', (at, expected) => {
    expect(standing(at, { start: '2024-11-11' })).toEqual(expected);
  });

  it.each([
    ['2024-11-11T06:00:00Z', CERTAIN],
    ['2024-11-12T08:29:59Z', CERTAIN],
    ['2024-11-12T08:30:00Z', 'end-unknown'],
  ])('an instant without an end, until 24 h after the last report: %s', (at, expected) => {
    const occurred = { start: '2024-11-11T05:00:00Z' };
    expect(standing(at, occurred, '2024-11-11T08:30:00Z')).toEqual(expected);
  });

  it('what was announced the day before is in force on its day', () => {
    const day = '2024-11-12T12:00:00Z';
    expect(standing(day, { start: '2024-11-12' }, '2024-11-10')).toEqual(UNCERTAIN);
  });

  it('a window is never certain, and one without a start is nothing', () => {
    const within = { span: 'within' as const, end: '2024-11-13' };
    expect(standing('2024-11-12T12:00:00Z', { ...within, start: '2024-11-11' })).toEqual(UNCERTAIN);
    expect(standing('2024-11-12T12:00:00Z', within)).toBe('no');
  });
});
