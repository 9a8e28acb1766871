import { PARTITIONS } from '#libs/contracts';
import { delistLine, RowLines, type RowPlace } from './run.js';
import type { ImportJob } from './job.js';
import { Sender } from './sender.js';
import { missingIn } from './vanished.js';

/** Sends every row of the file that can be read; rows that repeat another are not sent. */
export async function sendRows(job: ImportJob): Promise<void> {
  const { client, scan, run, tally, progress, options, file } = job;
  progress.begin('sending', scan.rows - scan.rejected - scan.repeated);
  const sender = new Sender<RowPlace>(client, job, (answer, place) => {
    tally.takeRow(answer, place);
    progress.at(tally.settled);
  });
  const lines = new RowLines(run);
  const { rowFormat, reportedAt } = options;
  try {
    for await (const item of rowFormat.read(file, reportedAt === undefined ? {} : { reportedAt })) {
      if (item.kind === 'reject') continue;
      options.signal?.throwIfAborted();
      const { row, record, line } = item;
      const { externalId } = row;
      if (scan.repeated > 0 && scan.index.lineOf(externalId) !== line) continue;
      await sender.send(lines.line(record, row), { record, line, externalId });
    }
    await sender.finish();
  } catch (error) {
    await sender.settle();
    throw error;
  }
}

/** Delists what the scope lists and the file does not have. */
export async function sendDelists(job: ImportJob): Promise<void> {
  const { client, scan, run, tally, progress, dryRun, giveUpMs } = job;
  const { scope } = run;
  // A rejected row without an id may be any of those missing: then nobody can say what vanished.
  if (scope === undefined || dryRun || scan.rejectedWithoutId > 0) return;
  progress.begin('delisting');
  const sender = new Sender<string>(client, job, (answer, externalId) => {
    tally.takeDelist(answer, externalId);
    progress.at(tally.counts.vanished);
  });
  const of = { dataset: run.dataset, scope, giveUpMs };
  try {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const { missing } = await missingIn(client, of, partition, scan.index);
      for (const { incidentId, externalId } of missing)
        await sender.send(delistLine(run, scope, incidentId, externalId), externalId);
    }
    await sender.finish();
  } catch (error) {
    await sender.settle();
    throw error;
  }
}
