import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryHistory } from './arbitrary-history.js';

describe('arbitraryHistory', () => {
  const sample = fc.sample(arbitraryHistory({ maxCommands: 80 }), { numRuns: 150, seed: 7 });

  it('reaches every kind of incident event', () => {
    const types = new Set(sample.flatMap((h) => h.events.map((e) => e.event.type)));
    expect([...types].sort()).toEqual(
      [
        'incident.actors-revised',
        'incident.assessed',
        'incident.claim-recorded',
        'incident.claim-responded',
        'incident.claim-withdrawn',
        'incident.delisted',
        'incident.ended',
        'incident.evidence-attached',
        'incident.linked',
        'incident.merged',
        'incident.reclassified',
        'incident.redated',
        'incident.redescribed',
        'incident.relisted',
        'incident.relocated',
        'incident.reopened',
        'incident.reported',
        'incident.reinstated',
        'incident.retracted',
        'incident.source-row-recorded',
        'incident.unlinked',
        'incident.unmerged',
      ].sort(),
    );
  });

  it('numbers each stream without a hole, in an order of time, with reports out of order', () => {
    let outOfOrder = 0;
    for (const { events, states } of sample) {
      const versions: Record<string, number> = {};
      let last = { time: '', reportedAt: '' };
      for (const { incidentId, version, time, event } of events) {
        expect(version).toBe((versions[incidentId] ?? 0) + 1);
        expect(time >= last.time).toBe(true);
        if (event.data.reportedAt < last.reportedAt) outOfOrder += 1;
        versions[incidentId] = version;
        last = { time, reportedAt: event.data.reportedAt };
      }
      for (const [id, { version }] of Object.entries(states)) expect(versions[id]).toBe(version);
    }
    expect(outOfOrder).toBeGreaterThan(500);
  });
});
