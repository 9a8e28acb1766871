import { describe, expect, it } from '@jest/globals';
import {
  aCasualtyClaim,
  anOccurrenceClaim,
  aReported,
  aSource,
  command,
  event,
  given,
  happened,
  NOW,
  OTHER_ID,
} from '#libs/testing';
import type { ResponseBody } from '../values.js';

const merged = event('incident.merged', { reportedAt: NOW, into: OTHER_ID, reason: 'the same' });
const withdrawn = event('incident.claim-withdrawn', {
  reportedAt: NOW,
  claimId: 'c1',
  reason: 'an error',
});
const claimed = aReported({ claims: [anOccurrenceClaim()] });
const response: ResponseBody = {
  stance: 'denies',
  by: { name: 'Dmitry Peskov', role: 'spokesman' },
  source: aSource({ name: 'Kremlin' }),
  text: 'pure fiction',
  reportedAt: '2024-11-11',
};

describe('record-claim', () => {
  it('records the claim under the next number, reported when the claim was', () => {
    const claim = aCasualtyClaim({ low: 6, reportedAt: '2024-11-12T06:00:00Z' });
    given([claimed])
      .when(command('record-claim', claim))
      .then([
        event('incident.claim-recorded', {
          reportedAt: '2024-11-12T06:00:00Z',
          claim: { ...claim, id: 'c2' },
        }),
      ]);
  });

  it('never gives a number that stands or stood', () => {
    const history = happened(
      [
        command('record-claim', anOccurrenceClaim({ id: 'c3' })),
        command('record-claim', anOccurrenceClaim()),
      ],
      { after: [claimed, withdrawn] },
    );
    const { state } = given(history);
    expect(state.status !== 'absent' && state.claims.map((c) => c.id)).toEqual(['c1', 'c3', 'c4']);
  });

  it('takes a claim on a retracted incident', () => {
    const retracted = event('incident.retracted', { reportedAt: NOW, reason: 'a hoax' });
    given([claimed, retracted])
      .when(command('record-claim', anOccurrenceClaim()))
      .thenTypes('incident.claim-recorded');
  });

  it('is rejected when absent, when merged, when the id is taken, when figures are out of order', () => {
    const record = command('record-claim', anOccurrenceClaim({ id: 'c1' }));
    given([]).when(record).thenRejected('incident-absent');
    given([claimed, merged]).when(record).thenRejected('incident-merged');
    given([claimed]).when(record).thenRejected('claim-exists', 'id');
    given([claimed])
      .when(command('record-claim', aCasualtyClaim({ low: 9, best: 6 })))
      .thenRejected('figures-out-of-order', 'low');
    given([claimed])
      .when(command('record-claim', anOccurrenceClaim({ reportedAt: '2025-01-01' })))
      .thenRejected('reported-in-future', 'reportedAt');
  });
});

describe('respond-to-claim', () => {
  const respond = command('respond-to-claim', { claimId: 'c1', ...response });

  it('records the response; numbers count over the incident', () => {
    given([claimed])
      .when(respond)
      .then([
        event('incident.claim-responded', {
          reportedAt: '2024-11-11',
          claimId: 'c1',
          response: { ...response, id: 'r1' },
        }),
      ]);
    const twoClaims = aReported({ claims: [anOccurrenceClaim(), anOccurrenceClaim()] });
    const history = happened(
      [respond, command('respond-to-claim', { ...response, claimId: 'c2' })],
      { after: [twoClaims] },
    );
    expect(history.slice(1).map((e) => 'response' in e.data && e.data.response.id)).toEqual([
      'r1',
      'r2',
    ]);
  });

  it('keeps an id that is given', () => {
    const [responded] = given([claimed])
      .when(command('respond-to-claim', { ...response, claimId: 'c1', id: 'peskov' }))
      .thenTypes('incident.claim-responded');
    expect(responded?.data).toMatchObject({ response: { id: 'peskov' } });
  });

  it('is rejected when there is no such incident or claim, or it is withdrawn, or the id is taken', () => {
    given([]).when(respond).thenRejected('incident-absent');
    given([aReported()]).when(respond).thenRejected('claim-absent', 'claimId');
    given([claimed, withdrawn]).when(respond).thenRejected('claim-withdrawn', 'claimId');
    given(happened([respond], { after: [claimed] }))
      .when(command('respond-to-claim', { ...response, claimId: 'c1', id: 'r1' }))
      .thenRejected('response-exists', 'id');
  });
});

describe('withdraw-claim', () => {
  const withdraw = command('withdraw-claim', { claimId: 'c1', reason: 'an error' });

  it('withdraws the claim, by default when it is recorded', () => {
    given([claimed]).when(withdraw).then([withdrawn]);
    const { state } = given([claimed, withdrawn]);
    expect(state.status !== 'absent' && state.claims).toMatchObject([
      { id: 'c1', withdrawn: { reason: 'an error' } },
    ]);
  });

  it('keeps the date that is given', () => {
    const [event] = given([claimed])
      .when(command('withdraw-claim', { ...withdraw.data, reportedAt: '2024-11-12' }))
      .thenTypes('incident.claim-withdrawn');
    expect(event?.data.reportedAt).toBe('2024-11-12');
  });

  it('is rejected when there is no such incident or claim, or it is withdrawn', () => {
    given([]).when(withdraw).thenRejected('incident-absent');
    given([aReported()]).when(withdraw).thenRejected('claim-absent', 'claimId');
    given([claimed, withdrawn]).when(withdraw).thenRejected('claim-withdrawn', 'claimId');
  });
});
