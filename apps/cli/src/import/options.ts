import type { Readable } from 'node:stream';
import { dateOrInstant } from '#libs/contracts';
import type { RowReject } from '#libs/domain';
import type { RowFormat } from '#libs/importers';
import { FORMAT_NAMES, formatNamed } from '#libs/importers';
import { wrongUsage } from './errors.js';

export interface ImportOptions {
  format: string;
  /** A path, or `-` for standard input. */
  file: string;
  /** Default: the format's name. */
  dataset?: string;
  /** Default: the SHA-256 of the file. */
  edition?: string;
  /** What the edition is complete for: `all` or a country code. Absent: an extract. */
  scope?: string;
  /** When the edition was published; may be left out where every row says so itself. */
  reportedAt?: string;
  takeOver?: boolean;
  dryRun?: boolean;
  allowRejects?: boolean;
  allowVanished?: boolean;
  /** Where all rejects go, as NDJSON. */
  rejectsFile?: string;
  /** Return only when queries show the import. */
  wait?: boolean;
  onProgress?: (progress: ImportProgress) => void;
  /** Where `-` is read from. Default: the process's standard input. */
  stdin?: Readable;
  /** Stops the import and abandons its run. */
  signal?: AbortSignal;
  /** How long an unreachable ledger is tried again. Default: 60 s. */
  giveUpMs?: number;
}

export interface ImportProgress {
  phase: 'reading' | 'comparing' | 'sending' | 'delisting' | 'waiting';
  rows: number;
  /** Known once the file has been read. */
  total?: number;
  /** Rows per second in this phase. */
  rate: number;
}

/** The JSON document of `import --json`: the first 100 of each list. */
export interface ImportReport {
  rows: number;
  created: number;
  revised: number;
  unchanged: number;
  extended: number;
  vanished: number;
  reappeared: number;
  rejected: number;
  /** Incident events. */
  eventsWritten: number;
  seconds: number;
  importId: string;
  revisions: { incidentId: string; externalId: string; fields: string[] }[];
  rejects: RowReject[];
  /** External ids. */
  delisted: string[];
}

const DATASET = /^[a-z0-9][a-z0-9._-]{0,99}$/;

/** Options that have passed the checks which need no look at the file. */
export interface CheckedOptions extends ImportOptions {
  dataset: string;
  rowFormat: RowFormat;
}

/** Throws `ImportRefused` (exit code 2) when the command was given wrongly. */
export function checkOptions(options: ImportOptions): CheckedOptions {
  const { format, scope, edition, reportedAt, dataset = format } = options;
  const rowFormat = formatNamed(format);
  if (!rowFormat)
    throw wrongUsage(
      'format-unknown',
      `There is no format ${format}. Formats: ${FORMAT_NAMES.join(', ')}.`,
    );
  if (!DATASET.test(dataset))
    throw wrongUsage(
      'dataset-invalid',
      `--dataset ${dataset}: a name of 1 to 100 characters of a-z 0-9 . _ - is wanted.`,
    );
  if (scope !== undefined && !/^(?:all|[A-Z]{2})$/.test(scope))
    throw wrongUsage(
      'scope-invalid',
      `--scope ${scope}: all, or a country code of two capital letters (UA) is wanted.`,
    );
  if (edition !== undefined && (edition.trim() === '' || edition.length > 200))
    throw wrongUsage('edition-invalid', '--edition: a label of 1 to 200 characters is wanted.');
  if (reportedAt === undefined && format !== 'incidents')
    throw wrongUsage(
      'reported-at-missing',
      '--reported-at is missing: the day on which this edition was published. The file does not state it, ' +
        'and what is imported is dated by it, so that "as known on" answers are true.',
    );
  if (reportedAt !== undefined && !dateOrInstant.safeParse(reportedAt).success)
    throw wrongUsage(
      'reported-at-invalid',
      `--reported-at ${reportedAt}: a date (2020-06-01) or an instant with its offset (2020-06-01T12:00:00Z) is wanted.`,
    );
  return { ...options, dataset, rowFormat };
}
