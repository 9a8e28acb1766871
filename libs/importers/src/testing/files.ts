import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readEnvironment } from '#libs/platform';
import { tempDir } from '#libs/testing';
import type { ImportFile, ReadOptions, RowFormat, RowItem } from '../format.js';

const ROOT = path.resolve(import.meta.dirname, '../../../..');

/** A file of `libs/importers/test-data`. */
export function fixture(name: string): ImportFile {
  return { name, path: path.join(ROOT, 'libs/importers/test-data', name) };
}

/** A published dataset's whole file, where this machine has it. */
export function published(name: string): ImportFile | undefined {
  const folder = readEnvironment(ROOT).LEDGER_TEST_DATA ?? path.resolve(ROOT, '../shared/data');
  const file = path.join(folder, name);
  return existsSync(file) ? { name: path.basename(name), path: file } : undefined;
}

export const MISSING_DATA =
  'the published files are not here: name their folder in LEDGER_TEST_DATA';

/** Writes a file, gives it to `use`, and removes it. */
export async function withFile<T>(
  content: string | Buffer,
  use: (file: ImportFile) => Promise<T>,
  name = 'made.csv',
): Promise<T> {
  const dir = tempDir();
  const file = { name, path: path.join(dir.path, name) };
  try {
    writeFileSync(file.path, content);
    return await use(file);
  } finally {
    dir.dispose();
  }
}

export async function readAll(
  format: RowFormat,
  file: ImportFile,
  options: ReadOptions = { reportedAt: '2020-06-01' },
): Promise<RowItem[]> {
  const items: RowItem[] = [];
  for await (const item of format.read(file, options)) items.push(item);
  return items;
}

type Row = Extract<RowItem, { kind: 'row' }>;
type Reject = Extract<RowItem, { kind: 'reject' }>;

export function rowsOf(items: readonly RowItem[]): Row[] {
  return items.filter((i): i is Row => i.kind === 'row');
}

export function rejectsOf(items: readonly RowItem[]): Reject[] {
  return items.filter((i): i is Reject => i.kind === 'reject');
}

/** The row with this id; throws when it is not among them. */
export function rowWithId(items: readonly RowItem[], externalId: string): Row['row'] {
  const found = rowsOf(items).find((i) => i.row.externalId === externalId);
  if (!found) throw new Error(`no row ${externalId}`);
  return found.row;
}
