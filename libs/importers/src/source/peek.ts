import { PassThrough } from 'node:stream';
import type { ImportFile } from '../format.js';
import { asFileError, openText } from './open.js';
import { Utf8Watch } from './utf8.js';

/** The first character of a file's text (decompressed) that is not white space or a BOM. */
export async function firstCharacter(file: ImportFile): Promise<string> {
  const stream = new PassThrough();
  openText(file, stream, new Utf8Watch());
  try {
    for await (const chunk of stream) {
      const text = (chunk as Buffer).toString('utf8').replace('\ufeff', '').trimStart();
      if (text !== '') return text.charAt(0);
    }
  } catch (error) {
    throw asFileError(error, file);
  }
  return '';
}
