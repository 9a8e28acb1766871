import assert from 'node:assert/strict';
import {
  decide,
  decideImport,
  evolveImports,
  fold,
  initialImports,
  type DecideContext,
  type Decision,
  type DomainEvent,
  type ImportCommand,
  type ImportEvent,
  type IncidentCommand,
  type IncidentEvent,
  type IncidentState,
  type Recorded,
  type RejectionCode,
} from '#libs/domain';
import { INCIDENT_ID, NOW } from './builders.js';

/** What a command came to, with the assertions that a specification ends in. */
export class Outcome<E extends DomainEvent> {
  constructor(readonly decision: Decision<E>) {}

  /** The events written; fails when the command was rejected. */
  get events(): E[] {
    if (this.decision.ok) return this.decision.events;
    const { code, message } = this.decision.rejection;
    return assert.fail(`expected events, but the command was rejected: ${code}: ${message}`);
  }

  /** Exactly these events, in this order. */
  then(events: E[]): void {
    assert.deepEqual(this.events, events);
  }

  /** Accepted, and nothing to write. */
  thenNothing(): void {
    assert.deepEqual(this.events, []);
  }

  /** Events of these types, in this order; returns them for a closer look. */
  thenTypes(...types: E['type'][]): E[] {
    assert.deepEqual(
      this.events.map((e) => e.type),
      types,
    );
    return this.events;
  }

  /** Rejected with this code, about this field where one is given, in words. */
  thenRejected(code: RejectionCode, field?: string): void {
    if (this.decision.ok)
      assert.fail(
        `expected the rejection ${code}, but got ${JSON.stringify(this.decision.events)}`,
      );
    const { rejection } = this.decision;
    assert.equal(rejection.code, code);
    if (field !== undefined) assert.equal(rejection.field, field);
    assert.match(rejection.message, /^[A-Z`a-z].{10,}\.$/su);
  }
}

/** What the command's surroundings are, where a specification cares. */
export interface Scene extends Partial<DecideContext> {
  /** The incident's own id. */
  id?: string;
}

/**
 * `given(events).when(command).then(events)` for an incident: folds the events, decides, compares.
 *
 * @param history what has happened on the stream so far
 * @param scene `now`, `mergeTarget` and the incident's id; `NOW` and `INCIDENT_ID` by default
 */
export function given(history: readonly IncidentEvent[], scene: Scene = {}) {
  const { id = INCIDENT_ID, now = NOW, ...context } = scene;
  const state: IncidentState = fold(history);
  return {
    state,
    when: (command: IncidentCommand): Outcome<IncidentEvent> =>
      new Outcome(decide(state, command, { now, ...context }, id)),
  };
}

/** The same for the stream of a dataset's imports. */
export function givenImports(history: readonly ImportEvent[], now: string = NOW) {
  const state = history.reduce(evolveImports, initialImports);
  return {
    state,
    when: (command: ImportCommand): Outcome<ImportEvent> =>
      new Outcome(decideImport(state, command, { now })),
  };
}

/** The incident's state after these events; fails when they report none. */
export function recordedAfter(history: readonly IncidentEvent[]): Recorded {
  const state = fold(history);
  return state.status === 'absent' ? assert.fail('nothing was recorded') : state;
}

/**
 * The events that a series of commands writes, each decided on what the ones before made. Fails
 * when one is rejected.
 */
export function happened(
  commands: readonly IncidentCommand[],
  scene: Scene & { after?: readonly IncidentEvent[] } = {},
): IncidentEvent[] {
  const { after = [], ...rest } = scene;
  return commands.reduce<IncidentEvent[]>(
    (events, command) => [...events, ...given(events, rest).when(command).events],
    [...after],
  );
}
