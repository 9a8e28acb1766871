import { setTimeout as delay } from 'node:timers/promises';
import type { LedgerClient } from './client.js';
import { NotAnswered } from './client.js';
import { ImportRefused } from './errors.js';
import type { Progress } from './progress.js';

const LONGEST_MS = 10 * 60_000;
const PAUSE_MS = 20;

/** Resolves when queries show an import. The service itself holds each request for a while. */
export async function waitUntilVisible(
  client: LedgerClient,
  importId: string,
  after: string,
  progress: Progress,
): Promise<void> {
  progress.begin('waiting');
  const since = Date.now();
  for (;;) {
    try {
      if (await client.isVisible(importId, after)) return;
    } catch (error) {
      if (!(error instanceof NotAnswered)) throw error;
      await delay((error.retryAfterSeconds ?? 1) * 1000);
    }
    if (Date.now() - since > LONGEST_MS)
      throw new ImportRefused(
        1,
        'not-visible-yet',
        `Import ${importId} is recorded, but queries do not show it after ${String(LONGEST_MS / 60_000)} minutes: see \`ledger status\`.`,
        { retryable: true },
      );
    progress.at(0);
    await delay(PAUSE_MS);
  }
}
