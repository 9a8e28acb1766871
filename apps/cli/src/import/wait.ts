import { setTimeout as delay } from 'node:timers/promises';
import { NotAnswered } from './client.js';
import { ImportRefused } from './errors.js';
import type { ImportJob } from './job.js';

const LONGEST_MS = 10 * 60_000;
const PAUSE_MS = 20;

/** Resolves when queries show an import. The service itself holds each request for a while. */
export async function waitUntilVisible(job: ImportJob, after: string): Promise<void> {
  const { client, progress, signal } = job;
  const { importId } = job.run;
  progress.begin('waiting');
  const since = Date.now();
  for (;;) {
    signal?.throwIfAborted();
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
