import {
  decide,
  evolve,
  initialState,
  reportedInstant,
  type IncidentCommand,
  type IncidentEvent,
  type IncidentState,
} from '#libs/domain';
import fc from 'fast-check';
import { FIRST_DAY } from './arbitraries.js';
import {
  arbitraryCommand,
  arbitraryReport,
  arbitraryRow,
  INCIDENT_POOL,
  type AddressedCommand,
} from './arbitrary-commands.js';

/** An event as a ledger would have recorded it, without its envelope's hashes. */
export interface HistoryEvent {
  incidentId: string;
  /** 1, 2, 3 … in its stream. */
  version: number;
  /** When it was recorded (ISO, UTC, ms): never decreases; events of one command share it. */
  time: string;
  event: IncidentEvent;
}

/** An accepted command that wrote something, and what it wrote. */
export interface HistoryStep {
  incidentId: string;
  command: IncidentCommand;
  time: string;
  events: HistoryEvent[];
}

export interface History {
  steps: HistoryStep[];
  /** The events of all steps, in the order recorded. */
  events: HistoryEvent[];
  /** The state of each incident that was recorded, and its version. */
  states: Record<string, { state: IncidentState; version: number }>;
}

export interface HistoryOptions {
  /** Commands tried at most; about half of them are accepted. 40 unless told. */
  maxCommands?: number;
  /** The instant of the first command. 2024-11-05T00:00:00Z unless told. */
  from?: string;
}

interface Attempt {
  attempted: AddressedCommand;
  /** Milliseconds after the attempt before. */
  later: number;
}

/** Runs commands as a recorder would: the accepted ones make the history. */
function run(creations: readonly IncidentCommand[], attempts: Attempt[], from: string): History {
  const history: History = { steps: [], events: [], states: {} };
  const current = (id: string) => history.states[id] ?? { state: initialState, version: 0 };
  let clock = Date.parse(from);

  function attempt(incident: number, command: IncidentCommand): void {
    const incidentId = INCIDENT_POOL[incident] ?? '';
    const { state, version } = current(incidentId);
    const time = new Date(clock).toISOString();
    const target = command.command === 'merge' ? current(command.data.into).state.status : 'ended';
    const mergeTarget = target === 'absent' || target === 'merged' ? target : 'present';
    const decision = decide(state, command, { now: time, mergeTarget }, incidentId);
    if (!decision.ok || decision.events.length === 0) return;
    const events = decision.events.map((event, i) => ({
      incidentId,
      version: version + i + 1,
      time,
      event,
    }));
    history.steps.push({ incidentId, command, time, events });
    history.events.push(...events);
    history.states[incidentId] = {
      state: decision.events.reduce<IncidentState>(evolve, state),
      version: version + events.length,
    };
  }

  for (const { attempted, later } of attempts) {
    const { incident, command } = attempted;
    clock += later;
    const creation = creations[incident];
    const isCreation = command.command === 'report' || command.command === 'import-row';
    if (!isCreation && creation && current(INCIDENT_POOL[incident] ?? '').version === 0)
      attempt(incident, creation);
    attempt(incident, command);
  }
  return history;
}

/**
 * Histories of up to four incidents that decide and evolve really accepted: every kind of command,
 * reports out of order (a source's date may lie weeks before or a day after the recording), several
 * events at one instant, merges, links, rows of a dataset delisted and listed again.
 */
export function arbitraryHistory(options: HistoryOptions = {}): fc.Arbitrary<History> {
  const { maxCommands = 40, from = '2024-11-05T00:00:00.000Z' } = options;
  const creations = fc.tuple(
    ...INCIDENT_POOL.map((_, i) =>
      fc.oneof(
        { weight: 3, arbitrary: arbitraryReport },
        { weight: 1, arbitrary: arbitraryRow(i) },
      ),
    ),
  );
  const attempts = fc.array(
    fc.record({
      attempted: arbitraryCommand,
      later: fc.oneof(fc.constant(0), fc.constantFrom(1, 1_000), fc.nat({ max: 12 * 3_600_000 })),
    }),
    { minLength: 1, maxLength: maxCommands, size: 'max' },
  );
  return fc.tuple(creations, attempts).map(([made, tried]) => run(made, tried, from));
}

/** An instant about which "as known at" and "as of" may be asked of such a history (ISO, ms). */
export const arbitraryMoment: fc.Arbitrary<string> = fc
  .integer({ min: -1, max: 60 * 24 })
  .map((halfHours) => new Date(Date.parse(FIRST_DAY) + halfHours * 1_800_000).toISOString());

/**
 * The events of one incident recorded at or before `asOf` and reported at or before `knownAt`, in
 * stream order: what time travel folds. Either may be left out.
 */
export function seenAt(
  history: History,
  incidentId: string,
  { asOf, knownAt }: { asOf?: string; knownAt?: string },
): HistoryEvent[] {
  return history.events.filter(
    (e) =>
      e.incidentId === incidentId &&
      (asOf === undefined || Date.parse(e.time) <= Date.parse(asOf)) &&
      (knownAt === undefined || reportedInstant(e.event.data.reportedAt) <= Date.parse(knownAt)),
  );
}
