import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  arbitraryCommand,
  arbitraryHistory,
  arbitraryMoment,
  INCIDENT_POOL,
  seenAt,
} from '#libs/testing';
import { casualtySummary, isDisputed } from './casualties.js';
import { decide } from './decide/decide.js';
import { evolve, fold, initialState } from './evolve.js';
import type { IncidentState } from './state.js';

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

/** Everything that is read from a state; none of it may throw on a part of a history. */
function readAll(state: IncidentState): void {
  if (state.status === 'absent') return;
  casualtySummary(state);
  isDisputed(state);
}

const histories = arbitraryHistory({ maxCommands: 60 });
const runs = { numRuns: 100 };

describe('any accepted history', () => {
  it('folds to the state kept, also after its events were written and read again', () => {
    fc.assert(
      fc.property(histories, ({ events, states }) => {
        const reread = JSON.parse(JSON.stringify(events)) as typeof events;
        for (const id of INCIDENT_POOL) {
          const own = reread.filter((e) => e.incidentId === id).map((e) => e.event);
          const kept = states[id]?.state ?? initialState;
          expect(fold(own)).toEqual(kept);
          expect(JSON.parse(JSON.stringify(kept))).toEqual(kept);
        }
      }),
      runs,
    );
  });

  it('as known at any date, as of any instant, or both, folds without throwing', () => {
    fc.assert(
      fc.property(histories, arbitraryMoment, arbitraryMoment, (history, knownAt, asOf) => {
        for (const id of INCIDENT_POOL)
          for (const seen of [{ knownAt }, { asOf }, { knownAt, asOf }])
            readAll(fold(deepFreeze(seenAt(history, id, seen).map((e) => e.event))));
      }),
      runs,
    );
  });

  it('in any subsequence folds without throwing, and keeps claims, links and evidence unique', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.boolean()), ({ events }, coin) => {
        for (const id of INCIDENT_POOL) {
          const some = events.filter((e) => e.incidentId === id && coin.next().value);
          const state = fold(some.map((e) => e.event));
          readAll(state);
          if (state.status === 'absent') continue;
          const keys = [
            ...state.claims.map((c) => c.id),
            ...state.links.map((l) => `${l.relation} ${l.to}`),
            ...state.evidence.map((e) => e.sha256),
          ];
          expect(new Set(keys).size).toBe(keys.length);
        }
      }),
      runs,
    );
  });
});

describe('decide', () => {
  it('is deterministic and changes nothing that it is given', () => {
    fc.assert(
      fc.property(histories, fc.array(arbitraryCommand, { maxLength: 20 }), (history, commands) => {
        for (const { incident, command } of commands) {
          const id = INCIDENT_POOL[incident] ?? '';
          const state = deepFreeze(history.states[id]?.state ?? initialState);
          const context = { now: '2024-11-20T00:00:00.000Z', mergeTarget: 'present' } as const;
          deepFreeze(command);
          const first = deepFreeze(decide(state, command, context, id));
          const second = decide(structuredClone(state), structuredClone(command), context, id);
          expect(second).toEqual(first);
          if (first.ok) first.events.reduce<IncidentState>(evolve, state);
        }
      }),
      runs,
    );
  });

  it('accepts nothing twice that it said was there already', () => {
    fc.assert(
      fc.property(histories, ({ steps }) => {
        for (const { incidentId, command, events } of steps) {
          if (command.command !== 'import-row' && command.command !== 'revise') continue;
          const last = events.at(-1);
          if (!last) continue;
          const upTo = steps
            .flatMap((s) => s.events)
            .filter((e) => e.incidentId === incidentId && e.version <= last.version);
          const again = decide(
            fold(upTo.map((e) => e.event)),
            command,
            { now: last.time },
            incidentId,
          );
          expect(again).toEqual({ ok: true, events: [] });
        }
      }),
      { numRuns: 60 },
    );
  });
});
