import { ImportFileError } from '../format.js';

/** How many bytes at the beginning are looked at. */
export const SNIFFED_BYTES = 4096;

/** Tab, line feed, form feed, carriage return, and DOS' end of file. */
const TEXT_CONTROLS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1a]);
const ZIP = 'PK\u0003\u0004';

/** Throws when the beginning of a (decompressed) file shows that it is not a text table. */
export function sniff(head: Buffer, name: string): void {
  const text = head.toString('latin1');
  const binary = (what: string) =>
    new ImportFileError('file-is-binary', `${name} is ${what}, not text: save it as CSV in UTF-8.`);
  if (text.startsWith(ZIP)) throw binary('a zip archive (an Excel workbook is one)');
  if (text.startsWith('%PDF')) throw binary('a PDF');
  if (text.startsWith('\u00ff\u00fe') || text.startsWith('\u00fe\u00ff'))
    throw binary('UTF-16 or another encoding of two bytes a character');
  if (/^(?:\u00ef\u00bb\u00bf)?\s*<(?:!doctype\s+html|html|head|body)\b/i.test(text)) {
    const title = /<title[^>]*>\s*([^<]*?)\s*<\/title/i.exec(head.toString('utf8'))?.[1];
    throw new ImportFileError(
      'file-is-html',
      `${name} is a web page${title ? ` ("${title}")` : ''}, not data: the download failed. Download it again.`,
    );
  }
  // A lone NUL may be dirt in a cell, which is rejected with its row; many at the top are no text.
  const control = head.filter((byte) => byte < 0x20 && !TEXT_CONTROLS.has(byte)).length;
  if (control > Math.max(8, head.length / 50)) throw binary('a binary file');
}
