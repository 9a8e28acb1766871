import {
  type CloudEvent,
  type LedgerEvent,
  MalformedEventError,
  parseCloudEvent,
  toLedgerEvent,
} from '#libs/contracts';
import { type IncidentEvent, reportedInstant } from '#libs/domain';
import type { StoredEvent } from '#libs/event-log';

/** An event where it stands in the log, decoded once for all projections. */
export interface PlacedEvent {
  partition: number;
  offset: string;
  bytes: Uint8Array;
  event: LedgerEvent;
  /** When it was recorded, ms since the epoch. */
  recorded: number;
  /** When its source said so, ms since the epoch. */
  reported: number;
  /** Why it cannot be applied: a newer build wrote it. Its envelope is readable all the same. */
  problem?: Error;
}

/** The events that one command wrote: they stand side by side in the log. */
export interface WrittenCommand {
  subject: string;
  events: PlacedEvent[];
  /** The import run that sent it, told from whichever of its events names the run. */
  importId?: string;
  dataset?: string;
}

/**
 * Decodes an event of the log, with one JSON.parse. An event that this build does not know gets a
 * `problem`. Throws MalformedEventError on bytes that are no event: the log is damaged.
 */
export function placeEvent({ partition, offset, bytes }: StoredEvent): PlacedEvent {
  let parsed: CloudEvent;
  try {
    parsed = parseCloudEvent(bytes);
  } catch (cause) {
    const place = `partition ${String(partition)}, offset ${offset}`;
    throw new MalformedEventError(
      `The log is damaged at ${place}: ${messageOf(cause)}. \`ledger verify\` tells more`,
      { cause },
    );
  }
  let problem: Error | undefined;
  let event: LedgerEvent;
  try {
    event = toLedgerEvent(parsed);
  } catch (error) {
    problem = error instanceof Error ? error : new Error(String(error));
    event = envelopeOnly(parsed);
  }
  const recorded = Date.parse(event.time);
  const reported = reportedInstant(event.data.reportedAt);
  const placed: PlacedEvent = { partition, offset, bytes, event, recorded, reported };
  if (problem) placed.problem = problem;
  return placed;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Enough of an unknown event for the journal; its type is none that a projection looks at. */
function envelopeOnly(parsed: CloudEvent): LedgerEvent {
  const data = parsed.data as { reportedAt?: unknown } | null;
  const reportedAt = typeof data?.reportedAt === 'string' ? data.reportedAt : parsed.time;
  return {
    id: parsed.id,
    subject: parsed.subject,
    time: parsed.time,
    streamVersion: parsed.streamversion,
    recordedBy: parsed.recordedby,
    causationId: parsed.causationid,
    hash: parsed.hash,
    type: parsed.type.replace(/^conflict\./, ''),
    data: { reportedAt },
  } as unknown as LedgerEvent;
}

/** True for events of an incident's stream, which TypeScript then knows by their data. */
export function isIncidentEvent(event: LedgerEvent): event is LedgerEvent & IncidentEvent {
  return event.type.startsWith('incident.');
}

/** The run and dataset that an event names itself, if it does. */
export function importNamedBy(event: LedgerEvent): { importId?: string; dataset?: string } {
  switch (event.type) {
    case 'incident.reported':
      return event.data.sourceRow ?? {};
    case 'incident.source-row-recorded':
      return event.data.sourceRow;
    case 'incident.delisted':
    case 'incident.relisted':
    case 'import.started':
      return event.data;
    case 'import.completed':
    case 'import.abandoned':
      return { importId: event.data.importId };
    default:
      return {};
  }
}

/** Whether `next` was written by the same command as the event before it. */
export function sameCommand(
  a: Pick<LedgerEvent, 'subject' | 'causationId' | 'recordedBy'>,
  b: Pick<LedgerEvent, 'subject' | 'causationId' | 'recordedBy'>,
): boolean {
  return (
    a.subject === b.subject && a.causationId === b.causationId && a.recordedBy === b.recordedBy
  );
}

/** Groups events in log order by the command that wrote them. */
export function groupByCommand(events: readonly PlacedEvent[]): WrittenCommand[] {
  const commands: WrittenCommand[] = [];
  let last: PlacedEvent | undefined;
  for (const placed of events) {
    let command = commands.at(-1);
    if (!command || !last || !sameCommand(last.event, placed.event)) {
      command = { subject: placed.event.subject, events: [] };
      commands.push(command);
    }
    command.events.push(placed);
    const { importId, dataset } = importNamedBy(placed.event);
    if (importId !== undefined) command.importId = importId;
    if (dataset !== undefined) command.dataset = dataset;
    last = placed;
  }
  return commands;
}
