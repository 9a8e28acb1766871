import { describe, expect, it } from '@jest/globals';
import {
  aReported,
  command,
  event,
  given,
  INCIDENT_ID,
  NOW,
  OTHER_ID,
  someEvidence,
} from '#libs/testing';

const reported = aReported();
const base = { reportedAt: NOW, reason: 'one and the same' };
const merged = event('incident.merged', { ...base, into: OTHER_ID });
const linked = event('incident.linked', {
  relation: 'response_to',
  to: OTHER_ID,
  reportedAt: NOW,
});

describe('attach-evidence', () => {
  const attach = command('attach-evidence', someEvidence());
  const attached = event('incident.evidence-attached', {
    reportedAt: NOW,
    evidence: someEvidence(),
  });

  it('attaches it, also to what was retracted or merged', () => {
    given([reported]).when(attach).then([attached]);
    given([reported, merged]).when(attach).then([attached]);
    expect(given([reported, attached]).state).toMatchObject({ evidence: [someEvidence()] });
  });

  it('is rejected when absent or when the same hash is attached', () => {
    given([]).when(attach).thenRejected('incident-absent');
    given([reported, attached])
      .when(command('attach-evidence', someEvidence({ keptAt: 'elsewhere' })))
      .thenRejected('evidence-exists', 'sha256');
    given([reported, attached])
      .when(command('attach-evidence', someEvidence({ sha256: 'b'.repeat(64) })))
      .thenTypes('incident.evidence-attached');
  });
});

describe('link and unlink', () => {
  const link = command('link', { relation: 'response_to', to: OTHER_ID, note: 'a threat' });
  const unlink = command('unlink', { relation: 'response_to', to: OTHER_ID });

  it('link two incidents by a relation, and undo it', () => {
    given([reported])
      .when(link)
      .then([event('incident.linked', { ...link.data, reportedAt: NOW })]);
    given([reported, linked])
      .when(unlink)
      .then([event('incident.unlinked', { ...unlink.data, reportedAt: NOW })]);
    const unlinked = event('incident.unlinked', { ...unlink.data, reportedAt: NOW });
    expect(given([reported, linked]).state).toMatchObject({
      links: [{ relation: 'response_to', to: OTHER_ID }],
    });
    expect(given([reported, linked, unlinked]).state).toMatchObject({ links: [] });
  });

  it('allow the same two under another relation', () => {
    given([reported, linked])
      .when(command('link', { relation: 'part_of', to: OTHER_ID }))
      .thenTypes('incident.linked');
  });

  it('are rejected when absent, to itself, already there or not there', () => {
    given([]).when(link).thenRejected('incident-absent');
    given([]).when(unlink).thenRejected('incident-absent');
    given([reported])
      .when(command('link', { relation: 'part_of', to: INCIDENT_ID }))
      .thenRejected('link-to-itself', 'to');
    given([reported, linked]).when(link).thenRejected('link-exists', 'to');
    given([reported]).when(unlink).thenRejected('link-absent', 'to');
    given([reported, linked])
      .when(command('unlink', { relation: 'part_of', to: OTHER_ID }))
      .thenRejected('link-absent', 'to');
  });
});

describe('merge and unmerge', () => {
  const merge = command('merge', { into: OTHER_ID, reason: 'one and the same' });
  const unmerge = command('unmerge', { reason: 'two after all' });

  it('merge into another incident, and undo it', () => {
    given([reported], { mergeTarget: 'present' }).when(merge).then([merged]);
    const unmerged = event('incident.unmerged', {
      reportedAt: NOW,
      from: OTHER_ID,
      reason: 'two after all',
    });
    given([reported, merged]).when(unmerge).then([unmerged]);
    expect(given([reported, merged]).state).toMatchObject({
      status: 'merged',
      merged: { into: OTHER_ID, reason: 'one and the same' },
    });
    expect(given([reported, merged, unmerged]).state).toEqual(given([reported]).state);
  });

  it('move no claims and lose no retraction', () => {
    const retracted = event('incident.retracted', base);
    const unmerged = event('incident.unmerged', { ...base, from: OTHER_ID });
    expect(given([reported, retracted, merged, unmerged]).state.status).toBe('retracted');
  });

  it('are rejected into itself, when source or target is absent or merged, or when not merged', () => {
    given([reported])
      .when(command('merge', { into: INCIDENT_ID, reason: 'x' }))
      .thenRejected('merge-into-itself', 'into');
    given([]).when(merge).thenRejected('incident-absent');
    given([reported, merged]).when(merge).thenRejected('incident-merged');
    given([reported], { mergeTarget: 'absent' })
      .when(merge)
      .thenRejected('merge-target-absent', 'into');
    given([reported], { mergeTarget: 'merged' })
      .when(merge)
      .thenRejected('merge-target-merged', 'into');
    given([]).when(unmerge).thenRejected('incident-absent');
    given([reported]).when(unmerge).thenRejected('not-merged');
  });
});
