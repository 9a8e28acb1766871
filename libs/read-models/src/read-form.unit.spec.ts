import { describe, expect, it } from '@jest/globals';
import { aRecorded, aSource, aStandingClaim } from '#libs/testing';
import { differences } from './differences.js';
import { describe as describeState, readForm, type Standing } from './read-form.js';

const STANDING: Standing = {
  id: '0a6b2f4e-8c1d-5e3f-9a7b-111111111111',
  version: 4,
  status: 'ended',
  partition: 3,
  offset: '1042',
  firstRecorded: Date.parse('2024-11-11T09:00:00Z'),
  lastRecorded: Date.parse('2024-11-12T09:00:00Z'),
};

describe('an incident as read', () => {
  it('says null for what is absent, never 0 or ""', () => {
    const state = aRecorded({
      occurred: { end: '2024-11-11', span: 'within', precision: 'unknown' },
      location: { precision: 'area', name: 'southern Ukraine', country: 'UA' },
      actors: [{ name: 'Russia', role: 'initiator' }],
      claims: [aStandingClaim('c1', { low: 6, source: aSource({ name: 'A', type: 'media' }) })],
      links: [{ relation: 'response_to', to: STANDING.id }],
    });
    expect(readForm(state, STANDING)).toEqual({
      id: STANDING.id,
      version: 4,
      status: 'ended',
      kind: 'airstrike',
      title: 'Airstrike',
      description: null,
      occurred: { start: null, end: '2024-11-11', span: 'within', precision: 'unknown' },
      location: {
        point: null,
        precision: 'area',
        radiusKm: null,
        name: 'southern Ukraine',
        country: 'UA',
        region: null,
        regionName: null,
        districtName: null,
        communityName: null,
      },
      actors: [{ name: 'Russia', role: 'initiator', externalId: null }],
      casualties: {
        policy: 'standing-claims/v1',
        killed: { all: { low: 6, best: null, high: null } },
      },
      cause: null,
      grade: 'unassessed',
      disputed: false,
      claims: [
        {
          id: 'c1',
          source: { name: 'A', type: 'media', url: null, anonymous: false },
          via: null,
          asserts: 'casualties',
          indicator: 'killed',
          population: 'all',
          side: null,
          low: 6,
          best: null,
          high: null,
          inconsistent: false,
          count: null,
          text: null,
          reportedAt: '2024-11-11',
          withdrawn: false,
          withdrawnReason: null,
          responses: [],
        },
      ],
      evidence: [],
      links: [{ relation: 'response_to', to: STANDING.id }],
      datasets: [],
      mergedInto: null,
      mergedFrom: [],
      firstRecordedAt: '2024-11-11T09:00:00.000Z',
      lastRecordedAt: '2024-11-12T09:00:00.000Z',
      position: '3:1042',
    });
  });

  it('says why a claim was withdrawn, where it is listed, and where it went', () => {
    const row = {
      externalId: '7',
      edition: '2019',
      hash: '',
      scopes: [],
      delistedFrom: ['UA'],
      columns: { id: '7' },
      claims: {},
    };
    const state = aRecorded({
      claims: [aStandingClaim('c1', { withdrawn: { reason: 'superseded by edition 2019' } })],
      rows: { 'ucdp-ged': row },
    });
    const form = readForm(state, STANDING, { into: 'b', from: ['x', 'y'] });
    expect(form).toMatchObject({ status: 'merged', mergedInto: 'b', mergedFrom: ['x', 'y'] });
    expect(form).not.toHaveProperty('voidMerge');
    expect(form.claims[0]).toMatchObject({
      withdrawn: true,
      withdrawnReason: 'superseded by edition 2019',
    });
    expect(form.casualties).toEqual({ policy: 'standing-claims/v1' });
    expect(form.datasets).toEqual([
      {
        dataset: 'ucdp-ged',
        externalId: '7',
        edition: '2019',
        scopes: [],
        listed: false,
        original: { id: '7' },
      },
    ]);
  });

  it('shows a void merge as no merge', () => {
    expect(readForm(aRecorded(), STANDING, { voidInto: 'b' })).toMatchObject({
      status: 'ended',
      mergedInto: null,
      voidMerge: { into: 'b' },
    });
  });
});

describe('differences', () => {
  it('name fields as revisions do', () => {
    const before = aRecorded({ claims: [aStandingClaim('c1', { best: 2 })] });
    const after = aRecorded({
      location: { ...before.location, point: { lat: 1, lon: 2 } },
      occurred: { ...before.occurred, end: '2024-11-12' },
      claims: [
        aStandingClaim('c1', { best: 2, withdrawn: { reason: 'x' } }),
        aStandingClaim('c2', { best: 3, population: 'civilian' }),
      ],
    });
    const changes = differences(describeState(before), describeState(after));
    expect(changes.map(({ field, from, to }) => [field, from, to])).toEqual([
      ['occurred.end', null, '2024-11-12'],
      ['location.point', null, { lat: 1, lon: 2 }],
      ['casualties.killed.low', 2, null],
      ['casualties.killed.best', 2, null],
      ['casualties.killed.high', 2, null],
      ['claims.c1', expect.anything(), expect.objectContaining({ withdrawn: true })],
      ['casualties.killed.civilian.low', null, 3],
      ['casualties.killed.civilian.best', null, 3],
      ['casualties.killed.civilian.high', null, 3],
      ['claims.c2', null, expect.objectContaining({ id: 'c2' })],
    ]);
    expect(differences(describeState(before), describeState(before))).toEqual([]);
  });
});
