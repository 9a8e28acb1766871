import { describe, expect, it } from '@jest/globals';
import { instantRange, isLater, isTooFarAhead, latestReport, reportedInstant } from './times.js';

describe('times', () => {
  it('a plain date covers its UTC day, an instant itself', () => {
    const from = Date.UTC(2024, 10, 11);
    expect(instantRange('2024-11-11')).toEqual({ from, to: from + 86_400_000 });
    expect(instantRange('2024-11-11T02:00:00+02:00')).toEqual({ from, to: from });
    expect(reportedInstant('2024-11-11')).toBe(from);
  });

  it.each([
    ['2024-11-12', '2024-11-11', true],
    ['2024-11-11', '2024-11-11', false],
    ['2024-11-11T23:59:59Z', '2024-11-11', false],
    ['2024-11-12T00:00:00Z', '2024-11-11', true],
    ['2024-11-12T00:30:00+02:00', '2024-11-11', false],
    ['2024-11-11', '2024-11-11T10:00:00Z', false],
    ['2024-11-11T10:00:01Z', '2024-11-11T10:00:00Z', true],
  ])('%s is later than %s: %s', (a, b, expected) => {
    expect(isLater(a, b)).toBe(expected);
  });

  it('a day ahead is a time zone, more is a mistake', () => {
    const now = '2024-11-11T12:00:00.000Z';
    expect(isTooFarAhead('2024-11-12', now)).toBe(false);
    expect(isTooFarAhead('2024-11-12T12:00:00Z', now)).toBe(false);
    expect(isTooFarAhead('2024-11-12T12:00:01Z', now)).toBe(true);
    expect(isTooFarAhead('2024-11-13', now)).toBe(true);
  });

  it('the latest report is compared as time, not as text', () => {
    expect(latestReport('2024-11-11', '2024-11-11T00:00:00+03:00')).toBe('2024-11-11');
    expect(latestReport('2024-11-11', '2024-11-11T05:00:00Z')).toBe('2024-11-11T05:00:00Z');
  });
});
