import { cpuOf, cpuOfPostgres } from '../lib/cpu.js';
import { type DataFile, loadFile, REPORTED_AT } from '../lib/data.js';
import { progress } from '../lib/measure.js';
import { peakDuring, rssAnon } from '../lib/rss.js';
import { ledger, type Service, startService } from '../lib/service.js';
import type { SuiteContext } from './suite.js';

interface Imported {
  rows: number;
  /** Wall clock of the command line's process. */
  seconds: number;
  /** Of the service, in MB. */
  peak: number;
  /** CPU seconds. */
  cpu: { service: number; postgres: number; commandLine: number };
}

async function importOnce(
  service: Service,
  home: string,
  file: DataFile,
  dataset: string,
): Promise<Imported> {
  const before = { service: cpuOf(service.pid), postgres: cpuOfPostgres(home) };
  let commandLinePid = 0;
  let commandLine = 0;
  const options = ['--dataset', dataset, '--edition', '21.1', '--reported-at', REPORTED_AT];
  const { peak, result } = await peakDuring(
    service.pid,
    () =>
      ledger(service.url, ['import', 'ucdp-ged', file.path, ...options, '--wait'], (pid) => {
        commandLinePid = pid;
      }),
    () => {
      commandLine = Math.max(commandLine, cpuOf(commandLinePid));
    },
  );
  const { rows, created } = result.answer as { rows: number; created: number };
  if (created !== rows) throw new Error(`${String(created)} of ${String(rows)} rows created`);
  const { seconds } = result;
  progress(
    `${dataset}: ${String(rows)} rows in ${seconds.toFixed(1)} s, peak ${peak.toFixed(0)} MB`,
  );
  const cpu = {
    service: cpuOf(service.pid) - before.service,
    postgres: cpuOfPostgres(home) - before.postgres,
    commandLine,
  };
  return { rows, seconds, peak, cpu };
}

/**
 * The whole way of a published file: `ledger import --wait` into a running service, until queries
 * show it; and the service's memory during that and during a second import into the same ledger.
 */
export async function importFile({ work, figures, profileDir }: SuiteContext): Promise<void> {
  const file = await loadFile(work.path);
  const home = work.fresh('home');
  const service = await startService(home, profileDir);
  try {
    figures.add('service, empty ledger', 'RssAnon', 'MB', rssAnon(service.pid));
    const first = await importOnce(service, home, file, 'ged-first');
    const second = await importOnce(service, home, file, 'ged-second');
    figures.note(
      `${file.description}; the rate is over the whole life of the command line's process`,
    );
    figures.value(
      {
        workload: 'file to visible',
        metric: 'rate',
        unit: 'rows/s',
        value: first.rows / first.seconds,
      },
      { atLeast: 3_000 },
    );
    for (const [process, seconds] of Object.entries(first.cpu))
      figures.add('file to visible', `CPU of ${process}`, 's', seconds);
    const again = second.rows / second.seconds;
    figures.add('file to visible, ledger not empty', 'rate', 'rows/s', again);
    figures.value(
      {
        workload: 'service during the import',
        metric: 'peak RssAnon',
        unit: 'MB',
        value: first.peak,
      },
      { atMost: 500 },
    );
    figures.ratio(
      {
        workload: 'second import against the first',
        metric: 'peak RssAnon',
        unit: 'MB',
        value: second.peak,
        baseline: first.peak,
      },
      { atMost: 1.1 },
    );
  } finally {
    await service.stop();
  }
}
