import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ImportFile } from '#libs/importers';
import { ImportFileError } from '#libs/importers';

export interface SpooledFile extends ImportFile {
  /** Throws when the file is not what it was when it was first looked at. */
  checkUnchanged(): Promise<void>;
  /** Removes what was made for it. */
  dispose(): Promise<void>;
}

async function stamp(path: string, name: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new ImportFileError('file-unreadable', `${name} is not a file.`);
    return `${String(found.size)} ${String(found.mtimeMs)}`;
  } catch (cause) {
    if (cause instanceof ImportFileError) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'there is no such file' : String(cause);
    throw new ImportFileError('file-unreadable', `${name} cannot be read: ${why}.`, { cause });
  }
}

/** A file that can be read twice. Standard input (`-`) is first written to a temporary one. */
export async function spool(file: string, stdin: Readable): Promise<SpooledFile> {
  let path = file;
  let name = basename(file);
  let dispose = (): Promise<void> => Promise.resolve();
  if (file === '-') {
    const folder = await mkdtemp(join(tmpdir(), `ledger-import-${String(process.pid)}-`));
    dispose = () => rm(folder, { recursive: true, force: true });
    path = join(folder, 'stdin');
    name = 'standard input';
    try {
      await pipeline(stdin, createWriteStream(path));
    } catch (error) {
      await dispose();
      throw error;
    }
  }
  const before = await stamp(path, name);
  return {
    path,
    name,
    dispose,
    async checkUnchanged() {
      if ((await stamp(path, name)) !== before)
        throw new ImportFileError('file-changed', `${name} was changed while it was imported.`);
    },
  };
}
