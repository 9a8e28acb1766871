import path from 'node:path';
import { openEmbeddedLog } from '#libs/event-log';

/** The bytes of every event in a home's log, by partition; the service may be running. */
export async function logOf(home: string): Promise<Buffer[][]> {
  const log = openEmbeddedLog({ dir: path.join(home, 'log'), readOnly: true });
  try {
    const partitions: Buffer[][] = [];
    for (let partition = 0; partition < log.partitions; partition += 1) {
      const events: Buffer[] = [];
      for await (const batch of log.read(partition, 'beginning'))
        for (const { bytes } of batch.events) events.push(Buffer.from(bytes));
      partitions.push(events);
    }
    return partitions;
  } finally {
    await log.close();
  }
}
