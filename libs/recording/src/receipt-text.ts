import type { ImportOutcome } from '#libs/domain';
import type { StoredReceipt } from './receipts.js';

/**
 * A receipt as the state store writes it, a third of its JSON: hash, version, position and outcome,
 * each in a line, then a line for each event. An import writes one per row, and as JSON they cost a
 * tenth of its recording. None of the parts holds a line break: fields stand in JSON.
 */
export function receiptText(receipt: StoredReceipt): string {
  const { commandHash, version, position, events, outcome } = receipt;
  let text = `${commandHash}\n${String(version)}\n${position}\n${outcomeText(outcome)}`;
  for (const { id, type } of events) text += `\n${id} ${type}`;
  return text;
}

/** Reads it back; the events of a command have the versions up to its own. @throws SyntaxError */
export function receiptFrom(text: string): StoredReceipt {
  const [commandHash = '', last, position, outcome, ...lines] = text.split('\n');
  const version = Number(last);
  if (position === undefined || outcome === undefined || !Number.isSafeInteger(version))
    throw new SyntaxError('not a receipt');
  const first = version - lines.length + 1;
  const events = lines.map((line, i) => {
    const space = line.indexOf(' ');
    return { id: line.slice(0, space), type: line.slice(space + 1), version: first + i };
  });
  const read = outcomeFrom(outcome);
  return { commandHash, version, position, events, ...(read && { outcome: read }) };
}

function outcomeText(outcome: ImportOutcome | undefined): string {
  if (!outcome) return '';
  if (outcome.fields.length > 0) return JSON.stringify(outcome);
  return outcome.extended ? `${outcome.outcome}+` : outcome.outcome;
}

function outcomeFrom(text: string): ImportOutcome | undefined {
  if (text === '') return undefined;
  if (text.startsWith('{')) return JSON.parse(text) as ImportOutcome;
  const extended = text.endsWith('+');
  const outcome = (extended ? text.slice(0, -1) : text) as ImportOutcome['outcome'];
  return { outcome, extended, fields: [] };
}
