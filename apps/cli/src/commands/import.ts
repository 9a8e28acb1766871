import type { Command } from 'commander';
import { FORMAT_NAMES } from '#libs/importers';
import { loadConfig } from '#libs/platform';
import { wrongUsage } from '../exit.js';
import {
  HttpLedger,
  type ImportOptions,
  type ImportReport,
  importTable,
  runImport,
} from '../import/index.js';
import { type ServiceOptions, targetOf } from '../service-client.js';
import { print } from '../terminal/output.js';
import { progressView } from '../terminal/progress.js';
import { serviceCommand } from './common.js';

interface Flags extends ServiceOptions {
  json?: true;
  dataset?: string;
  edition?: string;
  scope?: string;
  reportedAt?: string;
  takeOver?: true;
  dryRun?: true;
  allowRejects?: true;
  allowVanished?: true;
  rejects?: string;
  wait?: true;
}

export function importCommand(): Command {
  return serviceCommand('import', 'import an edition of a dataset as a diff')
    .argument('<format>', FORMAT_NAMES.join(', '))
    .argument('<file...>', 'the edition: a file, plain or .gz, or - for stdin')
    .option('--dataset <name>', 'the dataset it is an edition of (default: the format)')
    .option('--edition <label>', "the edition's label (default: the file's SHA-256)")
    .option(
      '--scope <scope>',
      'what it is complete for: all or a country code (default: an extract)',
    )
    .option('--reported-at <date>', 'when the edition was published, unless its rows say so')
    .option('--take-over', 'abandon a run of this dataset that is under way')
    .option('--dry-run', 'tell what would change and write nothing')
    .option('--allow-rejects', 'import although more than 5 % of the rows are rejected')
    .option('--allow-vanished', 'import although more than 5 % of the listed rows are missing')
    .option('--rejects <file>', 'write all rejected rows to this file, as NDJSON')
    .option('--wait', 'return when queries show it')
    .action(async (format: string, files: string[], flags: Flags) => {
      const reports = await importFiles(format, files, flags);
      const [only] = reports;
      print(
        {
          json: reports.length === 1 ? only : { imports: reports },
          text: reports.map((report) => importTable(report, flags.dryRun === true)).join('\n\n'),
        },
        flags.json === true,
      );
    });
}

async function importFiles(
  format: string,
  files: readonly string[],
  flags: Flags,
): Promise<ImportReport[]> {
  if (files.length > 1 && (flags.edition !== undefined || flags.rejects !== undefined))
    throw wrongUsage('--edition and --rejects are about one file: import the files one by one.');
  const ledger = new HttpLedger(targetOf(flags, loadConfig()));
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const view = progressView('rows');
  try {
    const reports = [];
    for (const file of files) {
      const options = optionsOf(format, file, flags);
      reports.push(
        await runImport(
          {
            ...options,
            signal: stopping.signal,
            onProgress: ({ phase, rows, total, rate }) => {
              view.show({ phase, done: rows, ...(total !== undefined && { total }), rate });
            },
          },
          ledger,
        ),
      );
    }
    return reports;
  } finally {
    view.end();
    ledger.close();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

function optionsOf(format: string, file: string, flags: Flags): ImportOptions {
  const { dataset, edition, scope, reportedAt, rejects } = flags;
  return {
    format,
    file,
    ...(dataset !== undefined && { dataset }),
    ...(edition !== undefined && { edition }),
    ...(scope !== undefined && { scope }),
    ...(reportedAt !== undefined && { reportedAt }),
    ...(rejects !== undefined && { rejectsFile: rejects }),
    takeOver: flags.takeOver === true,
    dryRun: flags.dryRun === true,
    allowRejects: flags.allowRejects === true,
    allowVanished: flags.allowVanished === true,
    wait: flags.wait === true,
  };
}
