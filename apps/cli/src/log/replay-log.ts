import { decodeEvent, partitionOf } from '#libs/contracts';
import {
  casualtySummary,
  type CasualtySummary,
  evolve,
  type IncidentEvent,
  type IncidentState,
  initialState,
  isDisputed,
  type Recorded,
} from '#libs/domain';
import type { EventLog } from '#libs/event-log';

/** An incident as its own events make it, and nothing else does. */
export interface Replayed {
  incidentId: string;
  version: number;
  firstRecordedAt: string;
  lastRecordedAt: string;
  /** `partition:offset` of the last event. */
  position: string;
  state: Recorded;
  casualties: CasualtySummary;
  disputed: boolean;
}

interface Folding {
  state: IncidentState;
  version: number;
  first: string;
  last: string;
  offset: string;
}

/**
 * The state of one incident from the log; undefined when it has no event up to then.
 * @param until ISO instant: later events are left out
 */
export async function replayIncident(
  log: EventLog,
  incidentId: string,
  until?: string,
): Promise<Replayed | undefined> {
  const partition = partitionOf(incidentId);
  for await (const replayed of replayPartition(log, partition, until, incidentId)) return replayed;
  return undefined;
}

/** The states of all incidents, partition by partition, each in order of the first events. */
export async function* replayAll(log: EventLog, until?: string): AsyncGenerator<Replayed> {
  for (let partition = 0; partition < log.partitions; partition += 1)
    yield* replayPartition(log, partition, until);
}

async function* replayPartition(
  log: EventLog,
  partition: number,
  until: string | undefined,
  only?: string,
): AsyncGenerator<Replayed> {
  const wanted = only === undefined ? undefined : Buffer.from(`"subject":"${only}"`);
  const foldings = new Map<string, Folding>();
  for await (const { events } of log.read(partition, 'beginning'))
    for (const { bytes, offset } of events) {
      if (wanted && !bufferOf(bytes).includes(wanted)) continue;
      const event = decodeEvent(bytes);
      if (!event.type.startsWith('incident.') || (only !== undefined && event.subject !== only))
        continue;
      if (until !== undefined && event.time > until) continue;
      const before = foldings.get(event.subject);
      foldings.set(event.subject, {
        state: evolve(before?.state ?? initialState, event as IncidentEvent),
        version: event.streamVersion,
        first: before?.first ?? event.time,
        last: event.time,
        offset,
      });
    }
  for (const [incidentId, { state, version, first, last, offset }] of foldings) {
    if (state.status === 'absent') continue;
    yield {
      incidentId,
      version,
      firstRecordedAt: first,
      lastRecordedAt: last,
      position: `${String(partition)}:${offset}`,
      state,
      casualties: casualtySummary(state),
      disputed: isDisputed(state),
    };
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
