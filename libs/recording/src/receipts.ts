import {
  type CommandName,
  type DomainEvent,
  importOutcome,
  type ImportOutcome,
} from '#libs/domain';
import { type LedgerEvent, sha256 } from '#libs/contracts';
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

/** LMDB takes keys of up to 1,978 bytes; a character has three of them at most (UTF-16). */
const LONGEST_KEY = 600;

/** The key of a receipt: scoped to stream and caller. The length keeps callers and keys apart. */
export function receiptKey(streamId: string, caller: string, key: string): string {
  const whole = `${streamId}|${String(caller.length)}|${caller}|${key}`;
  return whole.length <= LONGEST_KEY ? whole : sha256(whole);
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

/** The receipt of a command whose events were read in two parts. */
export function continued(earlier: StoredReceipt, next: StoredReceipt): StoredReceipt {
  const outcome = joined(earlier.outcome, next.outcome);
  return { ...next, events: [...earlier.events, ...next.events], ...(outcome && { outcome }) };
}

/** As `importOutcome` tells it from all the events at once. */
function joined(
  a: ImportOutcome | undefined,
  b: ImportOutcome | undefined,
): ImportOutcome | undefined {
  if (!a || !b) return a ?? b;
  const fields = b.fields.length > 0 ? b.fields : a.fields;
  const presence = [b.outcome, a.outcome].find((o) => o !== 'unchanged' && o !== 'revised');
  const outcome = presence ?? (fields.length > 0 ? 'revised' : 'unchanged');
  return { outcome, extended: outcome === 'unchanged' && (a.extended || b.extended), fields };
}

export function toReceipt(streamId: string, stored: StoredReceipt, replayed: boolean): Receipt {
  const { commandHash: _, ...receipt } = stored;
  return { streamId, ...receipt, replayed };
}
