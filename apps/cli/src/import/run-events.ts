import type { ImportJob } from './job.js';
import { ImportRefused } from './errors.js';
import { refusal, type Tally } from './tally.js';
import { sendOne } from './sender.js';

/** Rejections that are about the file; the others are about the ledger's state. */
const BY_INPUT = new Set(['edition-older', 'edition-differs', 'reported-in-future']);

function settings({ dryRun, giveUpMs }: ImportJob): { dryRun: boolean; giveUpMs: number } {
  return { dryRun, giveUpMs };
}

function takeReceipt(tally: Tally, answer: Awaited<ReturnType<typeof sendOne>>): void {
  if (answer.receipt) tally.takeReceipt(answer.receipt, false);
}

/** Records that the run begins; the ledger refuses an older edition and a second run. */
export async function startRun(job: ImportJob, firstContactMs: number): Promise<void> {
  const { client, run, options, scan, file, tally } = job;
  const answer = await sendOne(
    client,
    { ...settings(job), giveUpMs: Math.min(job.giveUpMs, firstContactMs) },
    {
      command: 'start-import',
      idempotencyKey: `${run.importId}/start`,
      data: {
        ...run,
        format: options.rowFormat.name,
        file: { name: file.name, sha256: scan.sha256, bytes: scan.bytes },
        ...(options.takeOver === true && { takeOver: true }),
      },
    },
  );
  takeReceipt(tally, answer);
  if (answer.receipt) return;
  const refused = refusal(answer, 'Nothing was imported');
  if (!BY_INPUT.has(refused.code)) throw refused;
  throw new ImportRefused(3, refused.code, refused.message);
}

/** Records that the run is done, with its counts and first rejects. */
export async function completeRun(job: ImportJob): Promise<void> {
  const { client, run, tally } = job;
  const answer = await sendOne(client, settings(job), {
    command: 'complete-import',
    dataset: run.dataset,
    idempotencyKey: `${run.importId}/complete`,
    data: { importId: run.importId, counts: tally.counts, rejects: tally.firstRejects },
  });
  if (!answer.receipt) throw refusal(answer, 'All rows were sent, but the run is not completed');
  takeReceipt(tally, answer);
}

/** Records that the run will not be completed, and why. What was recorded stays. */
export async function abandonRun(job: ImportJob, error: unknown): Promise<void> {
  const { client, run } = job;
  const why = error instanceof Error ? error.message : String(error);
  const answer = await sendOne(client, settings(job), {
    command: 'abandon-import',
    dataset: run.dataset,
    idempotencyKey: `${run.importId}/abandon`,
    data: { importId: run.importId, reason: why.slice(0, 5_000) || 'failed' },
  });
  // Taken over or completed already: then there is nothing to abandon.
  if (!answer.receipt && answer.problem?.code !== 'import-not-running')
    throw refusal(answer, `The import failed (${why}), and so did abandoning it`);
}
