import { createHash } from 'node:crypto';
import type { RowReject } from '#libs/domain';
import { latestReport } from '#libs/domain';
import type { ImportFile, RowFormat } from './format.js';
import { ImportFileError } from './format.js';
import { RowIndex } from './row-index.js';

/** How many rejects are kept for the report; all of them go to `onReject`. */
export const KEPT_REJECTS = 100;
const NAMED = 10;
const PROGRESS_ROWS = 1000;

export interface ScanOptions {
  reportedAt?: string;
  /** `all`, or the country that every row must be in. */
  scope?: string;
  onReject?: (reject: RowReject) => void;
  /** Called now and then with the rows read so far. */
  onProgress?: (rows: number) => void;
}

/** What the first pass over a file found. */
export interface Scan {
  /** Data rows, those rejected included. */
  rows: number;
  rejected: number;
  /** The first `KEPT_REJECTS`. */
  rejects: RowReject[];
  /** Rejected rows whose id could not be read: then nobody can say what has vanished. */
  rejectedWithoutId: number;
  /** Rows that repeat an earlier one to the letter. */
  repeated: number;
  index: RowIndex;
  /** Of the file's bytes as given, compressed or not. */
  sha256: string;
  bytes: number;
  /** The latest date that a row itself states. */
  reportedAt?: string;
}

/**
 * Reads a file once and writes nothing: counts, rejects, ids, SHA-256. Throws `ImportFileError`
 * when the file cannot be imported as it is: an id twice with different content, rows outside the
 * scope, or no such table at all.
 */
export async function scanFile(
  format: RowFormat,
  file: ImportFile,
  options: ScanOptions = {},
): Promise<Scan> {
  const { reportedAt, scope, onReject, onProgress } = options;
  const digest = createHash('sha256');
  const index = new RowIndex();
  const rejects: RowReject[] = [];
  const outside: string[] = [];
  let latest: string | undefined;
  const counts = { rows: 0, rejected: 0, rejectedWithoutId: 0, repeated: 0, outside: 0, bytes: 0 };
  const tap = (chunk: Buffer): void => {
    digest.update(chunk);
    counts.bytes += chunk.length;
  };

  for await (const item of format.read(file, reportedAt === undefined ? {} : { reportedAt }, tap)) {
    counts.rows++;
    if (counts.rows % PROGRESS_ROWS === 0) onProgress?.(counts.rows);
    if (item.kind === 'reject') {
      counts.rejected++;
      if (rejects.length < KEPT_REJECTS) rejects.push(item.reject);
      onReject?.(item.reject);
      if (item.externalId === undefined) counts.rejectedWithoutId++;
      else index.addRejected(item.externalId, item.reject.line);
      continue;
    }
    const { row, line } = item;
    const seen = index.add(row.externalId, line, row.hash);
    if (seen.kind === 'different')
      throw new ImportFileError(
        'id-conflict',
        `${file.name}: id ${row.externalId} is there twice with different content, on line ${String(seen.line)} and on line ${String(line)}.`,
      );
    if (seen.kind === 'same') counts.repeated++;
    const { country } = row.record.location;
    if (scope !== undefined && scope !== 'all' && country !== scope) {
      counts.outside++;
      if (outside.length < NAMED)
        outside.push(`${row.externalId} (line ${String(line)}, ${country ?? 'no country'})`);
    }
    if (row.reportedAt !== undefined)
      latest = latest === undefined ? row.reportedAt : latestReport(latest, row.reportedAt);
  }
  onProgress?.(counts.rows);
  if (counts.outside > 0)
    throw new ImportFileError(
      'outside-scope',
      `${file.name}: ${String(counts.outside)} of ${String(counts.rows)} rows are outside the scope ${String(scope)}: ${outside.join(', ')}${counts.outside > NAMED ? ' …' : ''}. Name the scope that the file is complete for, or leave --scope out.`,
    );
  return {
    rows: counts.rows,
    rejected: counts.rejected,
    rejects,
    rejectedWithoutId: counts.rejectedWithoutId,
    repeated: counts.repeated,
    index,
    sha256: digest.digest('hex'),
    bytes: counts.bytes,
    ...(latest !== undefined && { reportedAt: latest }),
  };
}
