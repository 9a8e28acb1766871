import { describe, expect, it } from '@jest/globals';
import { isCommandName, parseCommand } from '#libs/contracts';
import type { IncidentCommand, IncidentState } from '#libs/domain';
import { casualtySummary, decide, evolve, initialState } from '#libs/domain';
import {
  loadSample,
  type SampleAnswer,
  sampleIncidentId,
  type SampleLine,
  sampleLines,
} from './sample.js';

const NAME = '2024-11-11';
const NOW = { now: '2024-11-12T00:00:00.000Z' };

/** A ledger of one writer: decides and folds, and knows every key. */
function ledger() {
  const states = new Map<string, IncidentState>();
  const keys = new Set<string>();
  const post = (lines: readonly SampleLine[]): Promise<SampleAnswer[]> =>
    Promise.resolve(
      lines.map(({ command: name, incidentId, idempotencyKey, data }) => {
        if (keys.has(idempotencyKey)) return { status: 200, receipt: { replayed: true } };
        const parsed = isCommandName(name) && parseCommand(name, data);
        if (!parsed || !parsed.ok) throw new Error(`${idempotencyKey}: ${JSON.stringify(parsed)}`);
        const state = states.get(incidentId) ?? initialState;
        const decision = decide(state, parsed.command as IncidentCommand, NOW, incidentId);
        if (!decision.ok) return { status: 409, problem: { ...decision.rejection } };
        keys.add(idempotencyKey);
        states.set(incidentId, decision.events.reduce(evolve, state));
        return { status: 200, receipt: { replayed: false } };
      }),
    );
  return { states, keys, post };
}

function recorded(states: Map<string, IncidentState>, name: string) {
  const state = states.get(sampleIncidentId(NAME, name));
  if (!state || state.status === 'absent') throw new Error(`${name} is not recorded`);
  return state;
}

describe('the sample 2024-11-11', () => {
  it('is taken by the ledger, and a second time changes nothing', async () => {
    const { states, keys, post } = ledger();
    const lines = sampleLines(NAME).length;
    expect(await loadSample(NAME, post)).toEqual({ recorded: lines, already: 0 });
    expect(states.size).toBe(15);
    const before = JSON.stringify([...states]);
    expect(await loadSample(NAME, post)).toEqual({ recorded: 0, already: lines });
    keys.clear();
    expect(await loadSample(NAME, post)).toEqual({ recorded: 0, already: lines });
    expect(JSON.stringify([...states])).toBe(before);
  });

  it('tells what the report tells', async () => {
    const { states, post } = ledger();
    await loadSample(NAME, post);
    const call = recorded(states, 'call-trump-putin');
    expect(call.claims[0]?.responses).toMatchObject([{ stance: 'denies', reportedAt: NAME }]);
    expect(call.lastReportedAt).toBe(NAME);
    const airstrikes = recorded(states, 'airstrikes-south');
    expect(casualtySummary(airstrikes).figures.killed?.all).toEqual({
      low: 6,
      best: null,
      high: null,
    });
    const kinds = [...states.values()].map((s) => (s.status === 'absent' ? '' : s.kind));
    expect(kinds.filter((k) => k === 'blackout')).toHaveLength(7);
    const alert = sampleIncidentId(NAME, 'air-alert');
    for (const state of states.values())
      if (state.status !== 'absent' && state.kind === 'blackout') {
        expect(state.status).toBe('open');
        expect(state.cause).toBe('preventive');
        expect(state.links).toEqual([{ relation: 'response_to', to: alert }]);
      }
    expect(recorded(states, 'air-alert').location).toEqual({ country: 'UA', precision: 'country' });
  });

  it('is refused under a name that is not there', async () => {
    const { post } = ledger();
    await expect(loadSample('2024-11-12', post)).rejects.toThrow('There is no sample 2024-11-12.');
    await expect(loadSample('../2024-11-11', post)).rejects.toThrow('There is no sample');
  });
});
