import { fold, type IncidentCommand, type IncidentEvent } from '#libs/domain';
import { decide } from '#libs/domain';
import type { ToAppend } from './ledger-fixture.js';

/** A command with the instant at which it is recorded. */
export type Recording = [time: string, command: IncidentCommand];

/** What the commands write on one stream. Throws when one is rejected. */
export function stream(subject: string, recordings: readonly Recording[]): ToAppend[] {
  const events: IncidentEvent[] = [];
  return recordings.flatMap(([at, command], i) => {
    const time = new Date(at).toISOString();
    const decision = decide(fold(events), command, { now: time, mergeTarget: 'present' }, subject);
    if (!decision.ok) throw new Error(decision.rejection.message);
    return decision.events.map((event) => ({
      subject,
      version: events.push(event),
      time,
      event,
      causation: `${subject} ${String(i)}`,
    }));
  });
}

/** Streams together, in the order of their times. */
export function together(...streams: ToAppend[][]): ToAppend[] {
  return streams.flat().sort((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)));
}
