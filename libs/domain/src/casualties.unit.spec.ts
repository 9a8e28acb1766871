import { describe, expect, it } from '@jest/globals';
import { aRecorded, aSource, aStandingClaim } from '#libs/testing';
import { casualtySummary, type Figures, isDisputed, isOutOfOrder } from './casualties.js';
import type { ClaimState, Recorded } from './state.js';
import type { Response } from './values.js';

const official = aSource({ name: 'Regional administration' });
const media = aSource({ name: 'Suspilne', type: 'media' });

/** What the claims come to for killed / all. */
function killed(claims: ClaimState[], pinnedClaimId?: string): Figures | undefined {
  const assessment: Recorded['assessment'] = {
    rationale: 'read both',
    ...(pinnedClaimId !== undefined && { pinnedClaimId }),
  };
  return casualtySummary(aRecorded({ claims, assessment })).figures.killed?.all;
}

describe('standing-claims/v1', () => {
  it('says nothing where nothing was claimed', () => {
    expect(casualtySummary(aRecorded())).toEqual({
      policy: 'standing-claims/v1',
      figures: {},
      bySide: {},
      cumulative: {},
      cumulativeBySide: {},
    });
  });

  it.each<[string, Partial<Figures>, Figures]>([
    ['"at least six"', { low: 6 }, { low: 6, best: null, high: null }],
    ['"six"', { best: 6 }, { low: 6, best: 6, high: 6 }],
    ['"up to six"', { high: 6 }, { low: null, best: null, high: 6 }],
    ['"five to eight"', { low: 5, high: 8 }, { low: 5, best: null, high: 8 }],
    ['"none"', { best: 0 }, { low: 0, best: 0, high: 0 }],
    ['all three', { low: 1, best: 2, high: 5 }, { low: 1, best: 2, high: 5 }],
  ])('reads %s', (_, stated, summary) => {
    expect(killed([aStandingClaim('c1', stated as { low: number })])).toEqual(summary);
  });

  it('spans several sources: smallest low, largest high, best of the latest', () => {
    const claims = [
      aStandingClaim('c1', { source: media, low: 4, best: 7, high: 9, reportedAt: '2024-11-12' }),
      aStandingClaim('c2', { source: official, best: 5, reportedAt: '2024-11-11' }),
    ];
    expect(killed(claims)).toEqual({ low: 4, best: 7, high: 9 });
  });

  it('is open upwards when any claim is', () => {
    const claims = [
      aStandingClaim('c1', { source: media, low: 4, best: 7, high: 9 }),
      aStandingClaim('c2', { source: official, low: 6 }),
    ];
    expect(killed(claims)).toEqual({ low: 4, best: null, high: null });
  });

  it('takes the latest claim of each source by the date reported, whatever the order recorded', () => {
    const claims = [
      aStandingClaim('c1', { source: official, best: 8, reportedAt: '2024-11-13' }),
      aStandingClaim('c2', { source: official, best: 3, reportedAt: '2024-11-11T22:00:00Z' }),
    ];
    expect(killed(claims)).toEqual({ low: 8, best: 8, high: 8 });
    expect(killed([...claims].reverse())).toEqual({ low: 8, best: 8, high: 8 });
  });

  it('of two reported at once takes the later version', () => {
    const claims = [
      aStandingClaim('c1', { source: official, best: 8 }),
      aStandingClaim('c2', { source: official, best: 9 }),
      aStandingClaim('c3', { source: media, best: 5 }),
    ];
    expect(killed(claims)).toEqual({ low: 5, best: 5, high: 9 });
  });

  it('leaves out what was withdrawn: the claim before stands again', () => {
    const claims = [
      aStandingClaim('c1', { best: 8 }),
      aStandingClaim('c2', { best: 80, withdrawn: { reason: 'a typo' } }),
    ];
    expect(killed(claims)).toEqual({ low: 8, best: 8, high: 8 });
    expect(killed(claims.slice(1))).toBeUndefined();
  });

  it('gives the best of the claim that a reviewer pinned, while it stands', () => {
    const claims = [
      aStandingClaim('c1', { source: official, low: 4, best: 5 }),
      aStandingClaim('c2', { source: media, best: 7, reportedAt: '2024-11-12' }),
    ];
    expect(killed(claims, 'c1')?.best).toBe(5);
    expect(killed(claims)?.best).toBe(7);
    const withdrawn = [
      { ...claims[0], withdrawn: { reason: 'x' } } as ClaimState,
      ...claims.slice(1),
    ];
    expect(killed(withdrawn, 'c1')?.best).toBe(7);
  });

  it('reads an inconsistent claim with its smallest number as low, its largest as high', () => {
    const claim = aStandingClaim('c1', { low: 35, best: 228, high: 35, inconsistent: true });
    expect(killed([claim])).toEqual({ low: 35, best: 228, high: 228 });
    const other = aStandingClaim('c1', { low: 9, best: 2, inconsistent: true });
    expect(killed([other])).toEqual({ low: 2, best: 2, high: 9 });
  });

  it('keeps indicators, populations and sides apart', () => {
    const summary = casualtySummary(
      aRecorded({
        claims: [
          aStandingClaim('c1', { best: 5 }),
          aStandingClaim('c2', { best: 2, population: 'civilian' }),
          aStandingClaim('c3', { best: 9, indicator: 'injured' }),
          aStandingClaim('c4', { best: 3, side: 'Russia' }),
          aStandingClaim('c5', { best: 4, side: '__proto__' }),
        ],
      }),
    );
    const of = (n: number): Figures => ({ low: n, best: n, high: n });
    expect(summary.figures).toEqual({
      killed: { all: of(5), civilian: of(2) },
      injured: { all: of(9) },
    });
    expect(Object.entries(summary.bySide)).toEqual([
      ['Russia', { killed: { all: of(3) } }],
      ['__proto__', { killed: { all: of(4) } }],
    ]);
    expect({}).not.toHaveProperty('killed');
  });

  it('keeps counters out of what is summed', () => {
    const count = (asOf: string) => ({ asOf, cumulative: true as const });
    const summary = casualtySummary(
      aRecorded({
        claims: [
          aStandingClaim('c1', {
            best: 1_000,
            count: count('2024-11-10'),
            reportedAt: '2024-11-10',
          }),
          aStandingClaim('c2', { best: 1_200, count: count('2024-11-11') }),
          aStandingClaim('c3', { best: 700_000, side: 'Russia', count: count('2024-11-11') }),
        ],
      }),
    );
    expect(summary.figures).toEqual({});
    expect(summary.bySide).toEqual({});
    expect(summary.cumulative.killed?.all?.best).toBe(1_200);
    expect(summary.cumulativeBySide['Russia']?.killed?.all?.best).toBe(700_000);
  });
});

describe('isDisputed', () => {
  const response = (stance: Response['stance']): Response => ({
    id: 'r1',
    stance,
    by: { name: 'Dmitry Peskov' },
    source: aSource({ name: 'Kremlin' }),
    reportedAt: '2024-11-11',
  });
  const withResponses = (responses: Response[], withdrawn = false) =>
    aRecorded({
      claims: [
        { ...aStandingClaim('c1', withdrawn ? { withdrawn: { reason: 'x' } } : {}), responses },
      ],
    });

  it('while a denial or a dispute of a standing claim stands', () => {
    expect(isDisputed(aRecorded())).toBe(false);
    expect(isDisputed(withResponses([response('confirms')]))).toBe(false);
    expect(isDisputed(withResponses([response('confirms'), response('denies')]))).toBe(true);
    expect(isDisputed(withResponses([response('disputes')]))).toBe(true);
    expect(isDisputed(withResponses([response('denies')], true))).toBe(false);
  });
});

describe('isOutOfOrder', () => {
  it.each<[Partial<Figures>, boolean]>([
    [{ low: 1, best: 1, high: 1 }, false],
    [{ low: 1, high: 2 }, false],
    [{ best: 0 }, false],
    [{ low: 2, best: 1 }, true],
    [{ low: 2, high: 1 }, true],
    [{ low: 1, best: 3, high: 2 }, true],
  ])('%j: %s', (figures, expected) => {
    expect(
      isOutOfOrder({ indicator: 'killed', population: 'all', ...(figures as { low: number }) }),
    ).toBe(expected);
  });
});
