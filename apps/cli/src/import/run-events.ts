import type { LineAnswer } from './client.js';
import type { ImportJob } from './job.js';
import { ImportRefused } from './errors.js';
import { refusal, type Tally } from './tally.js';
import { sendOne, type SenderOptions } from './sender.js';

/** Rejections that are about the file; the others are about the ledger's state. */
const BY_INPUT = new Set(['edition-older', 'edition-differs', 'reported-in-future']);

function takeReceipt(tally: Tally, answer: LineAnswer): void {
  if (answer.receipt) tally.takeReceipt(answer.receipt, false);
}

/**
 * Asks whether the run may begin, before rows are compared: an older edition, or other bytes under
 * the same label, are refused for that rather than for what follows from it. Writes nothing.
 */
export async function checkStart(job: ImportJob, firstContactMs: number): Promise<void> {
  const answer = await sendStart(job, { dryRun: true, giveUpMs: firstContactMs });
  if (!answer.receipt) throw refusedStart(answer);
}

/** Records that the run begins; from here on the ledger refuses a second one. */
export async function startRun(job: ImportJob): Promise<void> {
  const answer = await sendStart(job, { dryRun: false, giveUpMs: job.giveUpMs });
  if (!answer.receipt) throw refusedStart(answer);
  takeReceipt(job.tally, answer);
}

function sendStart(job: ImportJob, settings: SenderOptions): Promise<LineAnswer> {
  const { client, run, options, scan, file } = job;
  return sendOne(client, settings, {
    command: 'start-import',
    idempotencyKey: `${run.importId}/start`,
    data: {
      ...run,
      format: options.rowFormat.name,
      file: { name: file.name, sha256: scan.sha256, bytes: scan.bytes },
      ...(options.takeOver === true && { takeOver: true }),
    },
  });
}

function refusedStart(answer: LineAnswer): ImportRefused {
  const refused = refusal(answer, 'Nothing was imported');
  return BY_INPUT.has(refused.code) ? new ImportRefused(3, refused.code, refused.message) : refused;
}

/** Records that the run is done, with its counts and first rejects. */
export async function completeRun(job: ImportJob): Promise<void> {
  const { client, run, tally } = job;
  const answer = await sendOne(client, job, {
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
  const { client, run, dryRun, giveUpMs, signal } = job;
  let why = error instanceof Error ? error.message : String(error);
  if (signal?.aborted) why = 'stopped by whoever ran it';
  const answer = await sendOne(
    client,
    { dryRun, giveUpMs },
    {
      command: 'abandon-import',
      dataset: run.dataset,
      idempotencyKey: `${run.importId}/abandon`,
      data: { importId: run.importId, reason: why.slice(0, 5_000) || 'failed' },
    },
  );
  // Taken over or completed already: then there is nothing to abandon.
  if (!answer.receipt && answer.problem?.code !== 'import-not-running')
    throw refusal(answer, `The import failed (${why}), and so did abandoning it`);
}
