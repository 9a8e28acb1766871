import { newId } from '#libs/contracts';
import { ImportFileError, scanFile } from '#libs/importers';
import type { LedgerClient } from './client.js';
import { ImportRefused, refusedBy, wrongUsage } from './errors.js';
import type { ImportJob } from './job.js';
import type { CheckedOptions, ImportOptions, ImportReport } from './options.js';
import { checkOptions } from './options.js';
import { Progress } from './progress.js';
import type { RejectSink } from './reject-file.js';
import { openRejects } from './reject-file.js';
import { checkRejects, checkVanished } from './rules.js';
import type { Run } from './run.js';
import { abandonRun, checkStart, completeRun, startRun } from './run-events.js';
import { sendDelists, sendRows } from './send-rows.js';
import type { SpooledFile } from './spool.js';
import { spool } from './spool.js';
import { Tally } from './tally.js';
import { countMissing } from './vanished.js';
import { waitUntilVisible } from './wait.js';

/** A ledger that does not answer at the very beginning is most likely not running. */
const FIRST_CONTACT_MS = 3_000;
const GIVE_UP_MS = 60_000;

/**
 * Imports a file as an edition of a dataset: reads it once to see whether it may be imported at
 * all, then again to send its rows, each of which the ledger compares with what it holds.
 * @returns what the import did (`--dry-run`: would do)
 * @throws ImportRefused with the exit code: 2 wrong usage; 3 refused because of the input, with
 * nothing written; 1 failed
 */
export async function runImport(
  options: ImportOptions,
  client: LedgerClient,
): Promise<ImportReport> {
  const checked = checkOptions(options);
  const started = Date.now();
  const progress = new Progress(options.onProgress);
  const rejects = openRejects(options.rejectsFile);
  try {
    const file = await spool(options.file, options.stdin ?? process.stdin);
    try {
      const job = await prepare(checked, client, file, progress, rejects);
      await deliver(job);
      const seconds = Math.round((Date.now() - started) / 10) / 100;
      return job.tally.report(job.run.importId, seconds);
    } finally {
      await file.dispose();
    }
  } catch (error) {
    throw refusedBy(error);
  } finally {
    rejects.close();
  }
}

/** The first pass: nothing is written. */
async function prepare(
  options: CheckedOptions,
  client: LedgerClient,
  file: SpooledFile,
  progress: Progress,
  rejects: RejectSink,
): Promise<ImportJob> {
  const { dataset, scope, dryRun = false, giveUpMs = GIVE_UP_MS } = options;
  progress.begin('reading');
  const scan = await scanFile(options.rowFormat, file, {
    ...(options.reportedAt !== undefined && { reportedAt: options.reportedAt }),
    ...(scope !== undefined && { scope }),
    onReject: rejects.write,
    onProgress: (rows) => {
      options.signal?.throwIfAborted();
      progress.at(rows);
    },
  });
  checkRejects(scan, options.allowRejects === true);
  const reportedAt = options.reportedAt ?? scan.reportedAt;
  if (reportedAt === undefined)
    throw wrongUsage(
      'reported-at-missing',
      '--reported-at is missing, and no row states its date.',
    );
  const run: Run = {
    importId: newId(),
    dataset,
    edition: options.edition ?? scan.sha256,
    ...(scope !== undefined && { scope }),
    reportedAt,
  };
  const tally = new Tally(dryRun, scan.rejects, rejects.write);
  tally.counts.rows = scan.rows;
  tally.counts.rejected = scan.rejected;
  tally.counts.unchanged = scan.repeated;
  const job: ImportJob = {
    options,
    client,
    file,
    scan,
    run,
    tally,
    progress,
    dryRun,
    giveUpMs,
    ...(options.signal && { signal: options.signal }),
  };
  await checkStart(job, Math.min(giveUpMs, FIRST_CONTACT_MS));
  if (scope !== undefined && scan.rejectedWithoutId === 0) await compareListed(job, scope);
  return job;
}

async function compareListed(job: ImportJob, scope: string): Promise<void> {
  const { client, scan, run, tally, dryRun, options } = job;
  job.progress.begin('comparing');
  const of = { dataset: run.dataset, scope, giveUpMs: job.giveUpMs };
  const { listed, missing } = await countMissing(client, of, scan.index, (row) => {
    if (dryRun) tally.addVanished(row.externalId);
  });
  checkVanished(listed, missing, scope, options.allowVanished === true);
}

/** The second pass. A run that fails on the way is abandoned, unless the ledger is out of reach. */
async function deliver(job: ImportJob): Promise<void> {
  const { tally, dryRun } = job;
  if (!dryRun) await startRun(job);
  try {
    await sendRows(job);
    await sendDelists(job);
    await job.file.checkUnchanged();
    if (!dryRun) await completeRun(job);
  } catch (error) {
    const lost = error instanceof ImportRefused && error.retryable;
    if (!dryRun && !lost) await abandonRun(job, error);
    if (!(error instanceof ImportFileError) || dryRun) throw error;
    const message = `${error.message} What was recorded stays; the run is abandoned.`;
    throw new ImportRefused(1, error.code, message, { cause: error });
  }
  if (job.options.wait === true && !dryRun) await waitUntilVisible(job, tally.after);
}
