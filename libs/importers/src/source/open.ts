import { createReadStream, readSync, openSync, closeSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ByteTap, ImportFile, ImportFileErrorCode } from '../format.js';
import { ImportFileError } from '../format.js';
import { sniff, SNIFFED_BYTES } from './sniff.js';
import type { Utf8Watch } from './utf8.js';

const CHUNK = 256 * 1024;

function isGzip(file: ImportFile): boolean {
  const head = Buffer.alloc(2);
  const fd = openSync(file.path, 'r');
  try {
    return readSync(fd, head, 0, 2, 0) === 2 && head[0] === 0x1f && head[1] === 0x8b;
  } finally {
    closeSync(fd);
  }
}

/** What the system says about a file, in words that help; any other error is given back as it is. */
export function asFileError(cause: unknown, file: ImportFile): unknown {
  if (cause instanceof ImportFileError) return cause;
  const { code = '', message = '' } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  const refuse = (kind: ImportFileErrorCode, why: string): ImportFileError =>
    new ImportFileError(kind, `${file.name} ${why}.`, { cause });
  if (code === 'Z_BUF_ERROR')
    return refuse(
      'file-truncated',
      'is cut off: its gzip stream ends too early. Download it again',
    );
  if (code.startsWith('Z_'))
    return refuse('file-truncated', `is damaged: its gzip stream cannot be read (${message})`);
  if (code === 'ENOENT') return refuse('file-unreadable', 'cannot be read: there is no such file');
  if (code === 'EISDIR') return refuse('file-unreadable', 'cannot be read: it is a folder');
  if (code === 'EACCES' || code === 'EPERM')
    return refuse('file-unreadable', 'cannot be read: the permission is missing');
  return cause;
}

/**
 * Pipes a file's text, decompressed where it is gzip (told by its bytes, not its name), into
 * `sink`. Whatever goes wrong on the way, destroys `sink` with an
 * error that `asFileError` turns into words; empty, binary and HTML files are `ImportFileError`s.
 */
export function openText(file: ImportFile, sink: Duplex, watch: Utf8Watch, tap?: ByteTap): void {
  async function* text(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let head: Buffer | undefined = Buffer.alloc(0);
    for await (const chunk of chunks) {
      watch.see(chunk);
      if (head === undefined) {
        yield chunk;
        continue;
      }
      head = Buffer.concat([head, chunk]);
      if (head.length < SNIFFED_BYTES) continue;
      sniff(head.subarray(0, SNIFFED_BYTES), file.name);
      yield head;
      head = undefined;
    }
    watch.end();
    if (head === undefined) return;
    if (head.toString('utf8').replace('\ufeff', '').trim() === '')
      throw new ImportFileError('file-empty', `${file.name} is empty.`);
    sniff(head, file.name);
    yield head;
  }

  let gzip: boolean;
  try {
    gzip = isGzip(file);
  } catch (error) {
    throw asFileError(error, file);
  }
  async function* raw(): AsyncGenerator<Buffer> {
    for await (const chunk of createReadStream(file.path, { highWaterMark: CHUNK })) {
      tap?.(chunk as Buffer);
      yield chunk as Buffer;
    }
  }
  const ended = (): void => undefined; // an error has destroyed `sink` with it: its reader throws
  if (gzip) pipeline(raw, createGunzip({ chunkSize: CHUNK }), text, sink, ended);
  else pipeline(raw, text, sink, ended);
}
