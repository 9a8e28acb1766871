import { loadFile, REPORTED_AT } from '../lib/data.js';
import { progress } from '../lib/measure.js';
import { peakDuring, rssAnon } from '../lib/rss.js';
import { ledger, startService } from '../lib/service.js';
import type { SuiteContext } from './suite.js';

interface Report {
  rows: number;
  created: number;
  seconds: number;
}

/**
 * The whole way of a published file: `ledger import --wait` into a running service, until queries
 * show it; and the service's memory during that and during a second import into the same ledger.
 */
export async function importFile({ work, figures, profileDir }: SuiteContext): Promise<void> {
  const file = await loadFile(work.path);
  const service = await startService(work.fresh('home'), profileDir);
  const peaks: number[] = [];
  const rates: number[] = [];
  try {
    const idle = rssAnon(service.pid);
    figures.add('service, empty ledger', 'RssAnon', 'MB', idle);
    for (const dataset of ['ged-first', 'ged-second']) {
      const { peak, result } = await peakDuring(service.pid, () =>
        ledger(
          service.url,
          ...['import', 'ucdp-ged', file.path, '--dataset', dataset],
          ...['--edition', '21.1', '--reported-at', REPORTED_AT, '--wait'],
        ),
      );
      const { rows, created } = result.answer as unknown as Report;
      if (created !== rows) throw new Error(`${String(created)} of ${String(rows)} rows created`);
      peaks.push(peak);
      rates.push(rows / result.seconds);
      progress(
        `${dataset}: ${String(rows)} rows in ${result.seconds.toFixed(1)} s, peak ${peak.toFixed(0)} MB`,
      );
    }
  } finally {
    await service.stop();
  }
  const [first = 0, second = 0] = peaks;
  const [rate = 0, again = 0] = rates;
  figures.note(
    `${file.description}; the rate is over the whole life of the command line's process`,
  );
  figures.value(
    { workload: 'file to visible', metric: 'rate', unit: 'rows/s', value: rate },
    { atLeast: 3_000 },
  );
  figures.add('file to visible, ledger not empty', 'rate', 'rows/s', again);
  figures.value(
    { workload: 'service during the import', metric: 'peak RssAnon', unit: 'MB', value: first },
    { atMost: 500 },
  );
  figures.ratio(
    {
      workload: 'second import against the first',
      metric: 'peak RssAnon',
      unit: 'MB',
      value: second,
      baseline: first,
    },
    { atMost: 1.1 },
  );
}
