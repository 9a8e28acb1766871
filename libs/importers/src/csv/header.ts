import { ImportFileError } from '../format.js';

/** A header as it is shown in a message. */
export function showHeader(header: readonly string[]): string {
  const text = header.join(', ');
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}

/** Column names, trimmed; throws when one is missing, twice, or not a name. */
export function readHeader(cells: readonly string[], fileName: string): string[] {
  const header = cells.map((c) => c.trim());
  const invalid = (why: string) =>
    new ImportFileError(
      'header-invalid',
      `The header of ${fileName} cannot be used: ${why}. The header seen: ${showHeader(header)}`,
    );
  const seen = new Set<string>();
  for (const [i, name] of header.entries()) {
    if (name === '') throw invalid(`column ${String(i + 1)} has no name`);
    if (name.includes('\ufffd')) throw invalid(`column ${String(i + 1)} is not UTF-8`);
    if (name.includes('\u0000') || name === '__proto__' || name.length > 200)
      throw invalid(`column ${String(i + 1)} has no usable name`);
    if (seen.has(name)) throw invalid(`column ${name} is there twice`);
    seen.add(name);
  }
  return header;
}

/** An HXL row tags columns (`#geo+lat`) under the header: tags and nothing else. */
export function isHxlRow(cells: readonly string[]): boolean {
  let tags = 0;
  for (const cell of cells) {
    const text = cell.trim();
    if (text === '') continue;
    if (!/^#[a-z]/i.test(text)) return false;
    tags++;
  }
  return tags > 0;
}

/** Throws, naming column and header, when a column that a format cannot do without is missing. */
export function requireColumns(
  header: readonly string[],
  required: readonly string[],
  fileName: string,
  format: string,
): void {
  const missing = required.filter((c) => !header.includes(c));
  if (missing.length === 0) return;
  const [first] = missing;
  throw new ImportFileError(
    'column-missing',
    `${fileName} has no column ${missing.join(', ')}, which ${format} needs${
      missing.length > 1 ? ` (first missing: ${first ?? ''})` : ''
    }. The header seen: ${showHeader(header)}`,
  );
}
