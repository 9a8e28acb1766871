import { type EventDraft, encodeEvent, GENESIS_HASH, partitionOf } from '#libs/contracts';
import type { DomainEvent, ImportEvent, IncidentEvent } from '#libs/domain';
import type { EventLog, LogRecord } from '#libs/event-log';
import fc from 'fast-check';
import { arbitraryChange, arbitraryReport, IMPORTS } from './histories.js';

/** The events of one command on one stream, recorded some milliseconds after the one before. */
export interface LedgerCommand {
  subject: string;
  events: DomainEvent[];
  later: number;
}

const BEGINNING = Date.parse('2024-06-01T00:00:00.000Z');

export const INCIDENTS = Array.from(
  { length: 9 },
  (_, i) => `11111111-1111-4111-8111-00000000000${String(i)}`,
);

/** Streams that are reported, changed, merged into each other and imported, in one order. */
export const arbitraryLedger: fc.Arbitrary<LedgerCommand[]> = fc
  .array(
    fc.record({
      subject: fc.constantFrom(...INCIDENTS),
      report: arbitraryReport,
      changes: fc.array(arbitraryChange(INCIDENTS), { minLength: 1, maxLength: 4 }),
      later: fc.constantFrom(0, 0, 1, 500),
    }),
    { minLength: 40, maxLength: 80 },
  )
  .map((steps) => {
    const seen = new Set<string>();
    const commands = steps.map(({ subject, report, changes, later }): LedgerCommand => {
      const events: IncidentEvent[] = seen.has(subject) ? changes : [report];
      seen.add(subject);
      return { subject, events, later };
    });
    const imports = IMPORTS.map((importId): LedgerCommand => importCommand(start(importId)));
    return [...imports, ...commands, importCommand(completion(IMPORTS[0]))];
  });

function importCommand(event: ImportEvent): LedgerCommand {
  return { subject: 'dataset-ucdp-ged', events: [event], later: 1 };
}

function start(importId: string): ImportEvent {
  const file = { name: 'ged.csv', sha256: '0'.repeat(64), bytes: 3 };
  const run = { importId, dataset: 'ucdp-ged', format: 'ucdp-ged', edition: '2018', file };
  return { type: 'import.started', data: { ...run, reportedAt: '2024-01-01' } };
}

function completion(importId: string): ImportEvent {
  const none = { unchanged: 0, extended: 0, vanished: 0, reappeared: 0, rejected: 0 };
  const counts = { rows: 1, created: 1, revised: 0, eventsWritten: 1, ...none };
  return {
    type: 'import.completed',
    data: { importId, counts, rejects: [], reportedAt: '2024-01-02' },
  };
}

/** An event as it will stand in the log, but for the chain. */
export interface PlacedDraft {
  partition: number;
  draft: EventDraft;
}

/** Numbers and stamps the commands' events. The same commands give the same events. */
export function draftsOf(commands: readonly LedgerCommand[]): PlacedDraft[] {
  const versions = new Map<string, number>();
  let time = BEGINNING;
  let count = 0;
  return commands.flatMap(({ subject, events, later }, command) => {
    time += later;
    return events.map((event) => {
      const streamVersion = (versions.get(subject) ?? 0) + 1;
      versions.set(subject, streamVersion);
      count += 1;
      const draft = {
        id: `22222222-2222-7222-8222-${String(count).padStart(12, '0')}`,
        ledgerId: '33333333-3333-7333-8333-333333333333',
        subject,
        time: new Date(time).toISOString(),
        streamVersion,
        recordedBy: 'tester',
        recordedByRole: 'recorder',
        causationId: `command-${String(command)}`,
        commandHash: '0'.repeat(64),
        correlationId: 'test',
        ...event,
      };
      return { partition: partitionOf(subject), draft };
    });
  });
}

/** Appends the events to their partitions, so many at a time, each batch atomically. */
export async function appendDrafts(
  log: EventLog,
  drafts: readonly PlacedDraft[],
  batchSize = 7,
  encode = encodeEvent,
): Promise<void> {
  for (const partition of new Set(drafts.map((d) => d.partition))) {
    const writer = await log.openWriter(partition);
    let prevHash = writer.head?.hash ?? GENESIS_HASH;
    const own = drafts.filter((d) => d.partition === partition);
    for (let at = 0; at < own.length; at += batchSize) {
      const records: LogRecord[] = [];
      for (const { draft } of own.slice(at, at + batchSize)) {
        const { bytes, hash } = encode(draft, prevHash);
        records.push({ key: draft.subject, bytes, prevHash, hash });
        prevHash = hash;
      }
      await writer.append(records);
    }
    await writer.close();
  }
}
