import { describe, expect, it } from '@jest/globals';
import {
  aLocation,
  anOccurred,
  aReported,
  command,
  event,
  given,
  happened,
  NOW,
  OTHER_ID,
} from '#libs/testing';

const reason = 'the administration corrected itself';
const base = { reportedAt: NOW, reason };
const reported = aReported({ cause: 'preventive', description: 'By order.' });

describe('revise', () => {
  it.each([
    [{ kind: 'infrastructure_damage' }, 'incident.reclassified'],
    [{ cause: 'attack' }, 'incident.reclassified'],
    [{ cause: null }, 'incident.reclassified'],
    [{ title: 'Blackouts' }, 'incident.redescribed'],
    [{ description: null }, 'incident.redescribed'],
    [{ location: aLocation({ region: 'UA-32' }) }, 'incident.relocated'],
    [{ occurred: anOccurred({ end: '2024-11-12' }) }, 'incident.redated'],
    [{ actors: [{ name: 'Kyiv', role: 'affected' }] }, 'incident.actors-revised'],
  ] as const)('%j is %s, with the reason', (change, type) => {
    given([reported])
      .when(command('revise', { ...change, reason } as never))
      .then([{ type, data: { ...change, ...base } } as never]);
  });

  it('writes one event for each group of fields that changed, and only what changed', () => {
    given([reported])
      .when(
        command('revise', {
          kind: 'blackout',
          cause: 'attack',
          title: 'Blackouts',
          description: 'By order.',
          location: aLocation(),
          occurred: anOccurred({ start: '2024-11-10' }),
          reason,
          reportedAt: '2024-11-12',
        }),
      )
      .then([
        event('incident.reclassified', { reason, reportedAt: '2024-11-12', cause: 'attack' }),
        event('incident.redated', {
          reason,
          reportedAt: '2024-11-12',
          occurred: anOccurred({ start: '2024-11-10' }),
        }),
        event('incident.redescribed', { reason, reportedAt: '2024-11-12', title: 'Blackouts' }),
      ]);
  });

  it('clears with null, and the cleared field is absent', () => {
    const { state } = given(
      happened([command('revise', { cause: null, description: null, reason })], {
        after: [reported],
      }),
    );
    expect(state).not.toHaveProperty('cause');
    expect(state).not.toHaveProperty('description');
  });

  it('is a no-op when no field changes, whatever the order of keys', () => {
    given([reported]).when(command('revise', { reason })).thenNothing();
    given([reported])
      .when(
        command('revise', {
          title: reported.data.title,
          cause: 'preventive',
          location: { region: 'UA-30', country: 'UA', precision: 'region' },
          reason,
        }),
      )
      .thenNothing();
    given([aReported()])
      .when(command('revise', { cause: null, description: null, reason }))
      .thenNothing();
  });

  it('opens and ends with the kind and the end', () => {
    const ended = happened([command('revise', { kind: 'explosion', reason })], {
      after: [reported],
    });
    expect(given([reported]).state.status).toBe('open');
    expect(given(ended).state.status).toBe('ended');
    const open = happened([command('revise', { kind: 'blackout', reason })], { after: ended });
    expect(given(open).state.status).toBe('open');
  });

  it('is rejected when absent, merged, retracted, or the end is before the start', () => {
    const revise = command('revise', { title: 'Blackouts', reason });
    const merged = event('incident.merged', { ...base, into: OTHER_ID });
    const retracted = event('incident.retracted', base);
    given([]).when(revise).thenRejected('incident-absent');
    given([reported, merged]).when(revise).thenRejected('incident-merged');
    given([reported, retracted]).when(revise).thenRejected('incident-retracted');
    given([reported])
      .when(command('revise', { occurred: anOccurred({ end: '2024-11-10' }), reason }))
      .thenRejected('end-before-start', 'occurred.end');
  });
});
