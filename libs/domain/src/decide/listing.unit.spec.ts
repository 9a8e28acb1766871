import { describe, expect, it } from '@jest/globals';
import {
  aDelisting,
  aReported,
  aRow,
  event,
  given,
  happened,
  nextRow,
  NOW,
  OTHER_ID,
} from '#libs/testing';
import { importOutcome } from '../import-outcome.js';

const listed = happened([aRow()]);
const delisted = happened([aRow(), aDelisting()]);
const { reportedAt, ...presence } = aDelisting().data;

describe('delist', () => {
  it('says that an edition no longer lists the row; the incident stands', () => {
    const outcome = given(listed).when(aDelisting());
    outcome.then([event('incident.delisted', { ...presence, reportedAt })]);
    expect(importOutcome(outcome.events).outcome).toBe('vanished');
    expect(given(delisted).state).toMatchObject({
      status: 'ended',
      rows: { events: { scopes: [], delistedFrom: ['UA'] } },
    });
  });

  it('takes it off one scope only', () => {
    const twice = happened([aRow(), aRow({}, { scope: 'all' }), aDelisting()]);
    expect(given(twice).state).toMatchObject({
      rows: { events: { scopes: ['all'], delistedFrom: ['UA'] } },
    });
  });

  it('is accepted in every status', () => {
    for (const act of [
      event('incident.retracted', { reportedAt: NOW, reason: 'a hoax' }),
      event('incident.merged', { reportedAt: NOW, into: OTHER_ID, reason: 'the same' }),
    ])
      given([...listed, act])
        .when(aDelisting())
        .thenTypes('incident.delisted');
  });

  it('is rejected when it is not listed there', () => {
    const no = ['not-listed', 'scope'] as const;
    given([])
      .when(aDelisting())
      .thenRejected(...no);
    given([aReported()])
      .when(aDelisting())
      .thenRejected(...no);
    given(delisted)
      .when(aDelisting())
      .thenRejected(...no);
    given(listed)
      .when(aDelisting({ scope: 'all' }))
      .thenRejected(...no);
    given(listed)
      .when(aDelisting({ dataset: 'toString' }))
      .thenRejected(...no);
    given(listed)
      .when(aDelisting({ externalId: '999' }))
      .thenRejected(...no);
    given(happened([aRow({}, { scope: undefined })]))
      .when(aDelisting())
      .thenRejected(...no);
  });
});

describe('import-row of what was delisted', () => {
  const back = { edition: '2020', reportedAt: '2021-06-01' };
  const relisted = event('incident.relisted', { ...presence, ...back });

  it('lists it again', () => {
    const outcome = given(delisted).when(nextRow({}, back));
    outcome.then([relisted]);
    expect(importOutcome(outcome.events)).toEqual({
      outcome: 'reappeared',
      extended: false,
      fields: [],
    });
    expect(given([...delisted, relisted]).state).toMatchObject({
      rows: { events: { scopes: ['UA'], delistedFrom: [] } },
    });
  });

  it('with a change lists and revises it', () => {
    const outcome = given(delisted).when(nextRow({ event_clarity: '2' }, back));
    outcome.thenTypes('incident.relisted', 'incident.source-row-recorded');
    expect(importOutcome(outcome.events)).toMatchObject({
      outcome: 'reappeared',
      fields: ['original.event_clarity'],
    });
  });

  it('in another scope lists it there and leaves it delisted here', () => {
    const events = happened([nextRow({}, { ...back, scope: 'all' })], { after: delisted });
    expect(given(events).state).toMatchObject({
      rows: { events: { scopes: ['all'], delistedFrom: ['UA'] } },
    });
  });

  it('in an extract leaves it delisted', () => {
    given(delisted)
      .when(nextRow({}, { ...back, scope: undefined }))
      .thenNothing();
  });
});
