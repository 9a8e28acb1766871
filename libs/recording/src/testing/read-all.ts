import { decodeEvent, type LedgerEvent, verifyEvent } from '#libs/contracts';
import type { EventLog } from '#libs/event-log';

export interface LoggedEvent {
  partition: number;
  offset: string;
  event: LedgerEvent;
}

/** Every event of a log, each verified against its hash and schema. */
export async function readAll(log: EventLog): Promise<LoggedEvent[]> {
  const all: LoggedEvent[] = [];
  for (let partition = 0; partition < log.partitions; partition += 1)
    for await (const { events } of log.read(partition, 'beginning'))
      for (const { bytes, offset } of events) {
        const verified = verifyEvent(bytes);
        if (!verified.ok) throw new Error(`${String(partition)}:${offset}: ${verified.problem}`);
        all.push({ partition, offset, event: decodeEvent(bytes) });
      }
  return all;
}
