import { describe, expect, it } from '@jest/globals';
import {
  aDelisting,
  anOccurrenceClaim,
  aReported,
  aSource,
  command,
  event,
  happened,
  NOW,
  OTHER_ID,
  someEvidence,
} from '#libs/testing';
import type { IncidentEvent } from './events.js';
import { evolve, fold, initialState } from './evolve.js';

const reported = aReported();
const base = { reportedAt: '2024-11-12', reason: 'x' };
const link = { relation: 'part_of', to: OTHER_ID } as const;
const response = event('incident.claim-responded', {
  reportedAt: '2024-11-12',
  claimId: 'c9',
  response: {
    id: 'r1',
    stance: 'denies',
    by: { name: 'Peskov' },
    source: aSource(),
    reportedAt: '2024-11-12',
  },
});

describe('evolve, as a part of a history is folded', () => {
  it('skips everything before the report', () => {
    for (const e of [
      response,
      event('incident.retracted', base),
      event('incident.linked', { ...link, ...base }),
    ])
      expect(evolve(initialState, e)).toBe(initialState);
  });

  const state = fold([reported]);
  it.each<[string, IncidentEvent]>([
    ['a second report', reported],
    ['a response to no claim', response],
    ['a withdrawal of no claim', event('incident.claim-withdrawn', { ...base, claimId: 'c9' })],
    ['an unlinking of no link', event('incident.unlinked', { ...link, ...base })],
    ['an unmerging of what is not merged', event('incident.unmerged', { ...base, from: OTHER_ID })],
    ['a reinstatement of what stands', event('incident.reinstated', base)],
    ['a delisting of no row', event('incident.delisted', aDelisting().data)],
    ['a relisting of no row', event('incident.relisted', aDelisting().data)],
  ])('%s returns the state itself', (_, e) => {
    expect(evolve(state, e)).toBe(state);
  });

  it('counts nothing twice: claims, links, evidence', () => {
    const claim = event('incident.claim-recorded', {
      reportedAt: '2024-11-11',
      claim: { ...anOccurrenceClaim(), id: 'c1' },
    });
    const evidence = event('incident.evidence-attached', { ...base, evidence: someEvidence() });
    const linked = event('incident.linked', { ...link, ...base });
    for (const e of [claim, evidence, linked]) {
      const once = evolve(state, e);
      expect(once).not.toBe(state);
      expect(evolve(once, e)).toBe(once);
    }
  });

  it('changes neither state nor event', () => {
    const history = happened(
      [
        command('record-claim', anOccurrenceClaim()),
        command('link', link),
        command('end', { end: '2024-11-12' }),
      ],
      { after: [reported] },
    );
    const before = structuredClone(history);
    const middle = fold(history.slice(0, 2));
    const copy = structuredClone(middle);
    fold(history.slice(2), middle);
    expect(middle).toEqual(copy);
    expect(history).toEqual(before);
  });
});

describe('the last report', () => {
  it('is the latest of what was reported, not of what the ledger did', () => {
    const claim = (reportedAt: string) =>
      command('record-claim', anOccurrenceClaim({ reportedAt }));
    const history = happened(
      [
        claim('2024-11-11T20:00:00Z'),
        claim('2024-11-11T10:00:00Z'),
        command('link', link),
        command('assess', { grade: 'fair', rationale: 'two sources' }),
        command('revise', { title: 'Blackouts', reason: 'a typo' }),
        command('retract', { reason: 'x' }),
      ],
      { after: [reported], now: NOW },
    );
    expect(fold(history)).toMatchObject({ lastReportedAt: '2024-11-11T20:00:00Z' });
  });
});
