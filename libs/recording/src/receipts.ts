import {
  type CommandName,
  type DomainEvent,
  importOutcome,
  type ImportOutcome,
} from '#libs/domain';
import type { LedgerEvent } from '#libs/contracts';
import type { Receipt } from './types.js';

/** A receipt as the state store keeps it; everything in it can be told from the log. */
export interface StoredReceipt {
  commandHash: string;
  version: number;
  position: string;
  events: { id: string; type: string; version: number }[];
  outcome?: ImportOutcome;
}

const ROW_EVENTS = new Set([
  'incident.source-row-recorded',
  'incident.relisted',
  'incident.delisted',
]);

/** True for the events that an import's command wrote: they come to an outcome. */
function isOfImport(event: DomainEvent): boolean {
  return (
    ROW_EVENTS.has(event.type) ||
    (event.type === 'incident.reported' && event.data.sourceRow !== undefined)
  );
}

/** What the events of one command come to for an importer; undefined for other commands. */
export function outcomeOf(
  command: CommandName | undefined,
  events: readonly DomainEvent[],
): ImportOutcome | undefined {
  const ofImport =
    command === undefined
      ? events.some(isOfImport)
      : command === 'import-row' || command === 'delist';
  return ofImport ? importOutcome(events) : undefined;
}

/** The key of a receipt: scoped to stream and caller. The length keeps callers and keys apart. */
export function receiptKey(streamId: string, caller: string, key: string): string {
  return `${streamId}|${String(caller.length)}|${caller}|${key}`;
}

/** The receipt of a command, from the events that it wrote and where the last of them stands. */
export function receiptOf(events: readonly LedgerEvent[], position: string): StoredReceipt {
  const last = events.at(-1);
  if (!last) throw new RangeError('a receipt is of one event at least');
  const outcome = outcomeOf(undefined, events);
  return {
    commandHash: last.commandHash,
    version: last.streamVersion,
    position,
    events: events.map(({ id, type, streamVersion }) => ({ id, type, version: streamVersion })),
    ...(outcome && { outcome }),
  };
}

export function toReceipt(streamId: string, stored: StoredReceipt, replayed: boolean): Receipt {
  const { commandHash: _, ...receipt } = stored;
  return { streamId, ...receipt, replayed };
}
