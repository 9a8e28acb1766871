import type { CommandDataByName } from '../commands.js';
import { accept, type DecideContext, type Decision, reject } from '../decision.js';
import type { IncidentEvent } from '../events.js';
import { same } from '../same.js';
import type { IncidentState, Recorded } from '../state.js';
import type { Description } from '../values.js';
import { absent, endBeforeStart, merged } from './guards.js';

/** A description's new values: an absent field stays, null clears one. */
export type DescriptionChange = {
  [K in keyof Description]?: Description[K] | (undefined extends Description[K] ? null : never);
} & { cause?: Description['cause'] | null; description?: string | null };

/** The events that turn a state's description into the changed one; none where nothing differs. */
export function revisionEvents(
  state: Recorded,
  change: DescriptionChange,
  reportedAt: string,
  reason: string,
): IncidentEvent[] {
  const events: IncidentEvent[] = [];
  const differs = (field: keyof Description): boolean => {
    const value = change[field];
    return value !== undefined && !same(value, state[field] ?? null);
  };
  const base = { reportedAt, reason };
  if (differs('kind') || differs('cause'))
    events.push({
      type: 'incident.reclassified',
      data: {
        ...base,
        ...(differs('kind') && change.kind && { kind: change.kind }),
        ...(differs('cause') && change.cause !== undefined && { cause: change.cause }),
      },
    });
  if (differs('location') && change.location)
    events.push({ type: 'incident.relocated', data: { ...base, location: change.location } });
  if (differs('occurred') && change.occurred)
    events.push({ type: 'incident.redated', data: { ...base, occurred: change.occurred } });
  if (differs('actors') && change.actors)
    events.push({ type: 'incident.actors-revised', data: { ...base, actors: change.actors } });
  if (differs('title') || differs('description'))
    events.push({
      type: 'incident.redescribed',
      data: {
        ...base,
        ...(differs('title') && change.title !== undefined && { title: change.title }),
        ...(differs('description') &&
          change.description !== undefined && { description: change.description }),
      },
    });
  return events;
}

export function revise(
  state: IncidentState,
  data: CommandDataByName['revise'],
  { now }: DecideContext,
): Decision<IncidentEvent> {
  if (state.status === 'absent') return absent();
  if (state.status === 'merged') return merged(state);
  if (state.status === 'retracted')
    return reject('incident-retracted', 'The incident is retracted: reinstate it before revising.');
  const refused = data.occurred && endBeforeStart(data.occurred, 'occurred.end');
  if (refused) return refused;
  const { reportedAt = now, reason, ...change } = data;
  return accept(...revisionEvents(state, change, reportedAt, reason));
}
