import { isUtf8 } from 'node:buffer';
import { PassThrough } from 'node:stream';
import type { ByteTap, ImportFile } from '../format.js';
import { ImportFileError } from '../format.js';
import { asFileError, openText } from './open.js';
import { Utf8Watch } from './utf8.js';

/** A line longer than this stops the import. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

export interface TextLine {
  line: number;
  /** Undefined when the line's bytes are not UTF-8. */
  text: string | undefined;
}

/** The lines of a file that are not blank, streaming, without BOM and line ends. */
export async function* readLines(file: ImportFile, tap?: ByteTap): AsyncGenerator<TextLine> {
  const stream = new PassThrough();
  openText(file, stream, new Utf8Watch(), tap);
  let line = 0;
  let rest: Buffer[] = [];
  let restLength = 0;

  const finish = (end: Buffer): TextLine | undefined => {
    line++;
    const bytes = rest.length > 0 ? Buffer.concat([...rest, end]) : end;
    rest = [];
    restLength = 0;
    if (!isUtf8(bytes)) return { line, text: undefined };
    const text = bytes
      .toString('utf8')
      .replace(line === 1 ? '\ufeff' : '', '')
      .trim();
    return text === '' ? undefined : { line, text };
  };

  for await (const chunk of chunksOf(stream, file)) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      const done = finish(chunk.subarray(from, at));
      if (done) yield done;
      from = at + 1;
    }
    rest.push(chunk.subarray(from));
    restLength += chunk.length - from;
    if (restLength > MAX_LINE_BYTES)
      throw new ImportFileError(
        'record-too-large',
        `${file.name}: line ${String(line + 1)} is longer than ${String(MAX_LINE_BYTES / 1024 / 1024)} MiB. One incident is one line of JSON.`,
      );
  }
  const last = finish(Buffer.alloc(0));
  if (last) yield last;
}

async function* chunksOf(stream: PassThrough, file: ImportFile): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    throw asFileError(error, file);
  }
}
