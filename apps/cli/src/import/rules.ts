import type { Scan } from '#libs/importers';
import { ImportRefused } from './errors.js';

/** More than this share rejected or vanished stops an import before it writes. */
const LIMIT = 0.05;

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

/** Throws (exit code 3) when more than 5 % of the file's rows cannot be read. */
export function checkRejects(scan: Scan, allow: boolean): void {
  if (allow || scan.rejected <= scan.rows * LIMIT) return;
  const [first] = scan.rejects;
  const example = first
    ? ` The first: record ${String(first.record)}, line ${String(first.line)}, ` +
      `${first.column ?? 'row'}${first.value === undefined ? '' : ` "${first.value}"`}: ${first.reason}.`
    : '';
  throw new ImportRefused(
    3,
    'too-many-rejects',
    `${String(scan.rejected)} of ${String(scan.rows)} rows (${percent(scan.rejected, scan.rows)}) cannot be read; ` +
      `nothing was imported.${example} See all with --rejects FILE; import the rest with --allow-rejects.`,
  );
}

/** Throws (exit code 3) when more than 5 % of what is listed is not in the file. */
export function checkVanished(
  listed: number,
  missing: number,
  scope: string,
  allow: boolean,
): void {
  if (allow || missing <= listed * LIMIT) return;
  throw new ImportRefused(
    3,
    'too-many-vanished',
    `${String(missing)} of ${String(listed)} rows listed in scope ${scope} (${percent(missing, listed)}) are not in the file; ` +
      'nothing was imported. If the file is complete, import it with --allow-vanished; if it is an extract, without --scope.',
  );
}
