import { setTimeout as delay } from 'node:timers/promises';
import { PARTITIONS } from '#libs/contracts';
import type { RowIndex } from '#libs/importers';
import type { LedgerClient, ListedRow } from './client.js';
import { NotAnswered, RequestRefused } from './client.js';
import { ImportRefused } from './errors.js';

const PAUSE_MS = 500;

/**
 * The rows of one partition that a dataset lists in a scope and that the file does not have, with
 * how many are listed. Asked of the write side, and again while it cannot answer.
 */
export async function missingIn(
  client: LedgerClient,
  of: { dataset: string; scope: string; giveUpMs: number },
  partition: number,
  index: RowIndex,
): Promise<{ listed: number; missing: ListedRow[] }> {
  const since = Date.now();
  for (;;) {
    let listed = 0;
    const missing: ListedRow[] = [];
    try {
      for await (const row of client.listed(of.dataset, of.scope, partition)) {
        listed++;
        if (!index.has(row.externalId)) missing.push(row);
      }
      return { listed, missing };
    } catch (error) {
      if (error instanceof RequestRefused)
        throw new ImportRefused(1, error.code, `The ledger refused: ${error.message}`, {
          cause: error,
        });
      if (!(error instanceof NotAnswered)) throw error;
      if (Date.now() - since > of.giveUpMs)
        throw new ImportRefused(1, 'ledger-unreachable', `${error.message}. Is it running?`, {
          cause: error,
          retryable: true,
        });
      await delay(PAUSE_MS);
    }
  }
}

/** How many rows are listed in all, and how many of them the file does not have. */
export async function countMissing(
  client: LedgerClient,
  of: { dataset: string; scope: string; giveUpMs: number },
  index: RowIndex,
  onMissing: (row: ListedRow) => void,
): Promise<{ listed: number; missing: number }> {
  const total = { listed: 0, missing: 0 };
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const { listed, missing } = await missingIn(client, of, partition, index);
    total.listed += listed;
    total.missing += missing.length;
    missing.forEach(onMissing);
  }
  return total;
}
