import { v4 } from 'uuid';
import {
  decodeEvent,
  encodeEvent,
  GENESIS_HASH,
  LEDGER_STREAM,
  newId,
  sha256,
} from '#libs/contracts';
import { type EventLog, LogError } from '#libs/event-log';
import { within } from './within.js';

/** The ledger's id, from the very first event; undefined when the log is empty. */
export async function readLedgerId(log: EventLog): Promise<string | undefined> {
  for await (const { events } of log.read(0, 'beginning', { batchSize: 1 })) {
    const [first] = events;
    if (!first) return undefined;
    const event = decodeEvent(first.bytes);
    if (event.type === 'ledger.created') return event.data.ledgerId;
    throw new LogError(
      'broken-chain',
      `the log does not begin with conflict.ledger.created but with ${event.type}: it is not a ledger's log`,
      false,
    );
  }
  return undefined;
}

/** Reads the ledger's id; an empty log gets its first event, `conflict.ledger.created`. */
export async function ensureLedger(
  log: EventLog,
  clock: () => number,
  appendTimeoutMs: number,
): Promise<string> {
  const writer = await within(
    log.openWriter(0),
    appendTimeoutMs,
    () => new LogError('in-doubt', 'the first partition was not given in time', true),
  );
  try {
    const known = await readLedgerId(log);
    if (known !== undefined) return known;
    if ((await log.ends()).some((end) => end !== null))
      throw new LogError(
        'broken-chain',
        'the log has events but not its first one, conflict.ledger.created: it was damaged, restore it from a backup',
        false,
      );
    const ledgerId = v4();
    const time = new Date(clock()).toISOString();
    const event = encodeEvent(
      {
        id: newId(),
        ledgerId,
        subject: LEDGER_STREAM,
        time,
        streamVersion: 1,
        recordedBy: 'ledger',
        recordedByRole: 'recorder',
        causationId: 'ledger-created',
        commandHash: sha256(''),
        correlationId: 'ledger-created',
        type: 'ledger.created',
        data: { ledgerId, reportedAt: time },
      },
      GENESIS_HASH,
    );
    await within(
      writer.append([{ key: LEDGER_STREAM, prevHash: GENESIS_HASH, ...event }]),
      appendTimeoutMs,
      () => new LogError('in-doubt', "the ledger's first event was not written in time", true),
    );
    return ledgerId;
  } finally {
    await writer.close();
  }
}
