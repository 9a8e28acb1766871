import { showHeader } from './csv/header.js';
import { ImportFileError } from './format.js';

/** Columns by which a header is known, of the datasets that people are likely to mix up. */
const SIGNATURES: readonly { format: string; columns: readonly string[] }[] = [
  { format: 'ucdp-ged', columns: ['type_of_violence', 'side_a', 'side_b'] },
  { format: 'air-raid-sirens', columns: ['oblast', 'raion', 'hromada', 'started_at'] },
  { format: 'incidents', columns: ['externalId', 'kind', 'title'] },
  { format: 'missile-attacks', columns: ['time_start', 'model', 'launched', 'destroyed'] },
  { format: 'acled', columns: ['event_id_cnty', 'event_type', 'sub_event_type'] },
];

export function looksLike(header: readonly string[]): string | undefined {
  return SIGNATURES.find(({ columns }) => columns.every((c) => header.includes(c)))?.format;
}

/** Throws when the header is that of another format than the one that was named. */
export function refuseOther(header: readonly string[], format: string, fileName: string): void {
  const other = looksLike(header);
  if (other === undefined || other === format) return;
  throw new ImportFileError(
    'format-wrong',
    `${fileName} has the columns of ${other}, not of ${format}: name the format that fits. The header seen: ${showHeader(header)}`,
  );
}
