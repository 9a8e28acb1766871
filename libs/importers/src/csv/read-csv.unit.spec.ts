import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { ImportFileError } from '../format.js';
import { readAll, rejectsOf, rowsOf, withFile } from '../testing/files.js';
import { airRaidSirens } from '../air-raid-sirens/index.js';
import { ucdpGed } from '../ucdp-ged/index.js';

const HEADER = 'oblast,raion,hromada,level,started_at,finished_at,source';
const ROW =
  'Vinnytska oblast,,,oblast,2022-03-15 16:10:34+00:00,2022-03-15 16:50:07+00:00,official';
const OTHER = ROW.replace('Vinnytska', 'Volynska');

function read(content: string | Buffer) {
  return withFile(content, (file) => readAll(airRaidSirens, file));
}

async function refusal(content: string | Buffer, format = airRaidSirens): Promise<ImportFileError> {
  const error: unknown = await withFile(content, (file) => readAll(format, file)).catch(
    (e: unknown) => e,
  );
  if (!(error instanceof ImportFileError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

describe('a CSV file', () => {
  it.each([
    ['a BOM', `\ufeff${HEADER}\n${ROW}\n`],
    ['CRLF', `${HEADER}\r\n${ROW}\r\n`],
    ['no line end at its end', `${HEADER}\n${ROW}`],
    ['blank lines', `\n${HEADER}\n\n${ROW}\n\n`],
    ['an HXL row', `${HEADER}\n#adm1+name,,,,#date+start,#date+end,\n${ROW}\n`],
    ['spaces in its header', `${HEADER.replaceAll(',', ' , ')}\n${ROW}\n`],
  ])('may have %s', async (_, content) => {
    const items = await read(content);
    expect(rowsOf(items).map((i) => i.record)).toEqual([1]);
    expect(rejectsOf(items)).toEqual([]);
  });

  it('may be compressed, whatever its name', async () => {
    expect(rowsOf(await read(gzipSync(`${HEADER}\n${ROW}\n`)))).toHaveLength(1);
  });

  it('counts records and physical lines, also after a quoted line break', async () => {
    const quoted = ROW.replace('official', '"official\nor\r\nnot"');
    const items = await read(`${HEADER}\r\n${quoted}\r\n\r\n${OTHER}\r\nbad,row\r\n`);
    expect(rowsOf(items).map((i) => [i.record, i.line])).toEqual([
      [1, 2],
      [2, 6],
    ]);
    expect(rejectsOf(items).map((i) => i.reject)).toEqual([
      { record: 3, line: 7, reason: 'the row has 2 cells, the header 7' },
    ]);
  });

  it('rejects a row with too many cells', async () => {
    const [item] = rejectsOf(await read(`${HEADER}\n${ROW},more\n`));
    expect(item?.reject.reason).toBe('the row has 8 cells, the header 7');
  });

  it('rejects a row whose bytes are not UTF-8, naming record, line and column', async () => {
    const bad = Buffer.concat([
      Buffer.from(`${HEADER}\n${ROW}\n`),
      Buffer.from(ROW.replace('Vinnytska', 'Zhytom\u0001rska')).map((b) => (b === 1 ? 0xe9 : b)),
    ]);
    const items = await read(bad);
    expect(rowsOf(items)).toHaveLength(1);
    expect(rejectsOf(items)[0]?.reject).toMatchObject({
      record: 2,
      line: 3,
      column: 'oblast',
      reason: 'the cell contains bytes that are not UTF-8',
    });
  });

  it('rejects a cell with U+0000 and a cell of more than a million characters', async () => {
    const nul = ROW.replace('official', 'off\u0000icial');
    const long = OTHER.replace('official', 'x'.repeat(1_000_001));
    const items = await read(`${HEADER}\n${ROW}\n${nul}\n${long}\n`);
    expect(rejectsOf(items).map((i) => [i.reject.column, i.reject.reason])).toEqual([
      ['source', 'the cell contains a NUL character (U+0000)'],
      ['source', 'the cell is longer than a million characters'],
    ]);
    expect(JSON.stringify(items).length).toBeLessThan(5_000);
  });

  it('stops at 50 MB in one cell and says where', async () => {
    const before = process.memoryUsage().rss;
    const error = await refusal(`${HEADER}\n${ROW}\n${OTHER},"${'x'.repeat(50_000_000)}"\n`);
    expect(error.code).toBe('record-too-large');
    expect(error.message).toContain('record 2, which starts on line 3, is longer than 4 MiB');
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
  });

  it.each<[string, string | Buffer, string, RegExp]>([
    ['an empty file', '', 'file-empty', /is empty/],
    ['a BOM alone', '\ufeff \n', 'file-empty', /is empty/],
    ['a header without rows', `${HEADER}\n`, 'file-has-no-rows', /a header and no rows/],
    [
      'a web page',
      '<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>',
      'file-is-html',
      /a web page \("404 Not Found"\)/,
    ],
    ['a zip archive', Buffer.from('PK\u0003\u0004rest'), 'file-is-binary', /Excel/],
    ['a binary file', Buffer.alloc(5000, 7), 'file-is-binary', /binary file/],
    ['UTF-16', Buffer.from(`\ufeff${HEADER}`, 'utf16le'), 'file-is-binary', /UTF-16/],
    [
      'a truncated gzip',
      gzipSync(Buffer.from(`${HEADER}\n${ROW}\n`.repeat(50))).subarray(0, 60),
      'file-truncated',
      /cut off: its gzip stream ends too early/,
    ],
    [
      'a missing column',
      `${HEADER.replace('level,', '')}\n${ROW}\n`,
      'column-missing',
      /no column level.*The header seen: oblast, raion, hromada, started_at/,
    ],
    [
      'a column that is there twice',
      `${HEADER},level\n${ROW},x\n`,
      'header-invalid',
      /level is there twice/,
    ],
    ['a column without a name', `${HEADER},\n${ROW},x\n`, 'header-invalid', /column 8 has no name/],
    ['an open quote', `${HEADER}\n${ROW}\n"open,,\n`, 'file-truncated', /record 2.*line 3/],
    ['a stray quote', `${HEADER}\n${ROW}\na"b,,,,,,\n`, 'quoting-broken', /record 2.*line 3/],
  ])('is refused when it is %s', async (_, content, code, message) => {
    const error = await refusal(content);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('made.csv');
    expect(error.retryable).toBe(false);
  });

  it('is refused under the wrong format, naming the right one', async () => {
    const error = await refusal(`${HEADER}\n${ROW}\n`, ucdpGed);
    expect(error.code).toBe('format-wrong');
    expect(error.message).toContain('the columns of air-raid-sirens, not of ucdp-ged');
  });

  it('is refused when it is not there', async () => {
    const missing = { name: 'none.csv', path: '/nowhere/none.csv' };
    await expect(readAll(airRaidSirens, missing)).rejects.toThrow('there is no such file');
  });
});
