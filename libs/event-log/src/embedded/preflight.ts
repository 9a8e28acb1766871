import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { endianness } from 'node:os';
import path from 'node:path';

/** Where a data file of LMDB says that it is one (`MDB_meta` behind the first page's header). */
const MAGIC_AT = 24;
const MAGIC = 0xbeefc0de;
const VERSION = 2;
/** What LMDB writes into a new file, and its lock file, generously. */
const NEW_FILE_BYTES = 1024 * 1024;

/**
 * Looks whether LMDB will be able to open a file, before it tries: lmdb-js 3.5 crashes the process
 * (use after free) where its open fails. Throws Node's error, or one that says what the file is.
 * The directory must exist.
 */
export function checkBeforeOpening(file: string, readOnly: boolean): void {
  const dir = path.dirname(file);
  if (!statSync(dir).isDirectory())
    throw Object.assign(new Error(`${dir} is not a directory`), { code: 'ENOTDIR' });
  // not opened: closing it would drop LMDB's own locks on it
  const lock = statSync(`${file}-lock`, { throwIfNoEntry: false }) && `${file}-lock`;
  if (readOnly) assertWritableUnlessReadOnlyDisk(lock ?? dir);
  else for (const needed of lock ? [dir, lock] : [dir]) accessSync(needed, constants.W_OK);

  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || found.size === 0) {
    const full = readOnly ? undefined : roomProblem(dir, 0, NEW_FILE_BYTES);
    if (full) throw full;
    return;
  }
  if (!found.isFile()) throw new Error(`${file} is not a file`);
  const fd = openSync(file, readOnly ? 'r' : 'r+');
  try {
    const header = new DataView(new ArrayBuffer(MAGIC_AT + 28));
    const read = readSync(fd, header, 0, header.byteLength, 0);
    const little = endianness() === 'LE';
    if (read < header.byteLength || header.getUint32(MAGIC_AT, little) !== MAGIC)
      throw new Error(`${file} is not a database, or was damaged`);
    if ((header.getUint32(MAGIC_AT + 4, little) & 0xffff) !== VERSION)
      throw new Error(`${file} has a format that this version of LMDB does not read`);
    const pageSize = header.getUint32(MAGIC_AT + 24, little);
    if (fstatSync(fd).size < 2 * pageSize) throw new Error(`${file} was cut off`);
  } finally {
    closeSync(fd);
  }
}

/** A reader writes to the lock file too, but on a disk that nobody can write it does without. */
function assertWritableUnlessReadOnlyDisk(target: string): void {
  try {
    accessSync(target, constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EROFS') throw error;
  }
}

/**
 * Why `bytes` more do not fit behind `position` of a file in `dir` (disk, quota, limit of a file's
 * size); undefined when they do. Found out by trying, with a file of its own.
 */
export function roomProblem(dir: string, position: number, bytes: number): Error | undefined {
  const probe = path.join(dir, `.room-${String(process.pid)}`);
  try {
    const fd = openSync(probe, 'w');
    try {
      const written = writeSync(fd, Buffer.alloc(bytes, 1), 0, bytes, position);
      if (written === bytes) return undefined;
      return Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    } finally {
      closeSync(fd);
      rmSync(probe, { force: true });
    }
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
