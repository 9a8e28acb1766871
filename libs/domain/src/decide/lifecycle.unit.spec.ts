import { describe, expect, it } from '@jest/globals';
import {
  anOccurred,
  anOccurrenceClaim,
  aReported,
  command,
  event,
  given,
  NOW,
  OTHER_ID,
} from '#libs/testing';

const open = aReported();
const closed = aReported({ occurred: anOccurred({ end: '2024-11-11' }) });
const strike = aReported({ kind: 'airstrike' });
const base = { reportedAt: NOW, reason: 'checked' };
const merged = event('incident.merged', { ...base, into: OTHER_ID });
const retracted = event('incident.retracted', base);
const reinstated = event('incident.reinstated', base);

describe('assess', () => {
  const assess = command('assess', { grade: 'fair', rationale: 'two independent sources' });

  it('gives the grade, its rationale, and the claim whose best number counts', () => {
    given([open])
      .when(assess)
      .then([event('incident.assessed', { ...assess.data, reportedAt: NOW })]);
    const claimed = aReported({ claims: [anOccurrenceClaim()] });
    given([claimed])
      .when(command('assess', { ...assess.data, pinnedClaimId: 'c1', reportedAt: '2024-11-12' }))
      .then([
        event('incident.assessed', {
          ...assess.data,
          pinnedClaimId: 'c1',
          reportedAt: '2024-11-12',
        }),
      ]);
  });

  it('without a pinned claim unpins the one before', () => {
    const claimed = aReported({ claims: [anOccurrenceClaim()] });
    const pinned = event('incident.assessed', {
      ...assess.data,
      reportedAt: NOW,
      pinnedClaimId: 'c1',
    });
    const unpinned = event('incident.assessed', { ...assess.data, reportedAt: NOW });
    expect(given([claimed, pinned, unpinned]).state).toMatchObject({ grade: 'fair' });
    expect(given([claimed, pinned, unpinned]).state).not.toHaveProperty('assessment.pinnedClaimId');
  });

  it('is accepted on a retracted incident', () => {
    given([open, retracted]).when(assess).thenTypes('incident.assessed');
  });

  it('is rejected when absent, merged, without a rationale, or about no standing claim', () => {
    given([]).when(assess).thenRejected('incident-absent');
    given([open, merged]).when(assess).thenRejected('incident-merged');
    given([open])
      .when(command('assess', { grade: 'weak', rationale: ' \n' }))
      .thenRejected('rationale-missing', 'rationale');
    const pin = command('assess', { ...assess.data, pinnedClaimId: 'c1' });
    given([open]).when(pin).thenRejected('claim-absent', 'pinnedClaimId');
    given([
      aReported({ claims: [anOccurrenceClaim()] }),
      event('incident.claim-withdrawn', { ...base, claimId: 'c1' }),
    ])
      .when(pin)
      .thenRejected('claim-withdrawn', 'pinnedClaimId');
  });
});

describe('end', () => {
  const end = command('end', { end: '2024-11-12' });

  it('ends what is open', () => {
    given([open])
      .when(end)
      .then([event('incident.ended', { end: '2024-11-12', reportedAt: NOW })]);
    const ended = event('incident.ended', { end: '2024-11-12', reportedAt: NOW });
    expect(given([open, ended]).state).toMatchObject({
      status: 'ended',
      occurred: { start: '2024-11-11', end: '2024-11-12' },
    });
  });

  it('is rejected when absent, not open, or before the start', () => {
    given([]).when(end).thenRejected('incident-absent');
    for (const history of [[closed], [strike], [open, retracted], [open, merged]])
      given(history).when(end).thenRejected('not-open');
    given([open])
      .when(command('end', { end: '2024-11-10T23:59:00Z' }))
      .thenRejected('end-before-start', 'end');
  });

  it('takes an end when the start is unknown', () => {
    given([aReported({ occurred: { span: 'lasted', precision: 'unknown' } })])
      .when(end)
      .thenTypes('incident.ended');
  });
});

describe('reopen', () => {
  const reopen = command('reopen', { reason: 'power went off again' });

  it('opens what had ended: its end is unknown again', () => {
    given([closed])
      .when(reopen)
      .then([event('incident.reopened', { ...reopen.data, reportedAt: NOW })]);
    const reopened = event('incident.reopened', { reportedAt: NOW });
    const { state } = given([closed, reopened]);
    expect(state.status).toBe('open');
    expect(state).not.toHaveProperty('occurred.end');
  });

  it('is rejected when absent, not ended, or of a kind that does not last', () => {
    given([]).when(reopen).thenRejected('incident-absent');
    for (const history of [[open], [closed, retracted], [closed, merged]])
      given(history).when(reopen).thenRejected('not-ended');
    given([strike]).when(reopen).thenRejected('not-lasting');
  });
});

describe('retract and reinstate', () => {
  const retract = command('retract', { reason: 'checked' });
  const reinstate = command('reinstate', { reason: 'checked' });

  it('hide the incident and bring it back as it was', () => {
    given([open]).when(retract).then([retracted]);
    given([open, retracted]).when(reinstate).then([reinstated]);
    expect(given([open, retracted]).state).toMatchObject({
      status: 'retracted',
      retracted: { reason: 'checked' },
    });
    expect(given([open, retracted, reinstated]).state).toEqual(given([open]).state);
  });

  it('keep what was merged merged', () => {
    expect(given([open, merged, retracted]).state.status).toBe('merged');
    given([open, merged]).when(retract).then([retracted]);
  });

  it('are rejected when absent, already, or not', () => {
    given([]).when(retract).thenRejected('incident-absent');
    given([]).when(reinstate).thenRejected('incident-absent');
    given([open, retracted]).when(retract).thenRejected('already-retracted');
    given([open]).when(reinstate).thenRejected('not-retracted');
  });
});
