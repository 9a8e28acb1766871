import { type CsvError, parse } from 'csv-parse';
import { asFileError, openText } from '../source/open.js';
import { Utf8Watch } from '../source/utf8.js';
import type { ByteTap, ImportFile, ImportFileErrorCode } from '../format.js';
import { ImportFileError } from '../format.js';
import { isHxlRow, readHeader } from './header.js';

/** A record longer than this stops the import: it is a quote never closed, or no table at all. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;
/** A cell longer than this rejects its row: an event may have 1 MiB in all. */
export const MAX_CELL_CHARS = 1_000_000;

export interface CsvRecord {
  record: number;
  line: number;
  cells: string[];
  problem?: { column?: string; value?: string; reason: string };
}

export interface CsvTable {
  header: string[];
  records: AsyncGenerator<CsvRecord>;
}

/** Line breaks inside a record's quoted cells. */
function breaksInside(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) {
    if (!cell.includes('\n') && !cell.includes('\r')) continue;
    count += cell.match(/\r\n|\n|\r/g)?.length ?? 0;
  }
  return count;
}

/** What is wrong with a record as such, before any format looks at it. */
function checkCells(
  cells: readonly string[],
  header: readonly string[],
  watch: Utf8Watch,
): CsvRecord['problem'] {
  if (cells.length !== header.length)
    return {
      reason: `the row has ${String(cells.length)} cells, the header ${String(header.length)}`,
    };
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? '';
    const column = header[i] ?? '';
    if (cell.length > MAX_CELL_CHARS)
      return { column, value: cell, reason: 'the cell is longer than a million characters' };
    if (cell.includes('\u0000'))
      return { column, value: cell, reason: 'the cell contains a NUL character (U+0000)' };
    if (watch.broken && cell.includes('\ufffd'))
      return { column, value: cell, reason: 'the cell contains bytes that are not UTF-8' };
  }
  return undefined;
}

/** Where the parser gave up: after so many records (the header is one), and why. */
interface Stop {
  error: CsvError;
  records: number;
}

function csvProblem({ error }: Stop, file: ImportFile, record: number, line: number): Error {
  const where =
    record === 0 ? 'the header' : `record ${String(record)}, which starts on line ${String(line)},`;
  const refuse = (code: ImportFileErrorCode, message: string): ImportFileError =>
    new ImportFileError(code, `${file.name}: ${message}`, { cause: error });
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return refuse(
      'record-too-large',
      `${where} is longer than ${String(MAX_RECORD_BYTES / 1024 / 1024)} MiB. A cell is far too large, or a quote is never closed.`,
    );
  if (error.code === 'CSV_QUOTE_NOT_CLOSED')
    return refuse(
      'file-truncated',
      `the file ends inside a quoted cell of ${where} because it is cut off or a quote is not closed.`,
    );
  return refuse('quoting-broken', `a quote is out of place in ${where}: ${error.message}.`);
}

/**
 * Reads a CSV file with a header, streaming: BOM, CRLF, LF and quoted line breaks are fine, blank
 * lines and an HXL row are passed over. Throws `ImportFileError` for what is wrong with the file
 * as a whole, and what `checkHeader` throws; what is wrong with one record is its `problem`.
 */
export async function openCsv(
  file: ImportFile,
  checkHeader: (header: readonly string[]) => void,
  tap?: ByteTap,
): Promise<CsvTable> {
  const watch = new Utf8Watch();
  let stop: Stop | undefined;
  const parser = parse({
    bom: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_RECORD_BYTES,
    // An error that is thrown would drop the records before it, and with them its place.
    skip_records_with_error: true,
    on_skip: (error) => {
      if (error) stop ??= { error, records: Number(error.records) };
      return undefined;
    },
  });
  openText(file, parser, watch, tap);
  const place = { record: -1, line: 1 };

  async function* lines(): AsyncGenerator<{ cells: string[]; line: number }> {
    let parsed = 0;
    try {
      for await (const cells of parser as AsyncIterable<string[]>) {
        if (stop && parsed >= stop.records) break;
        parsed++;
        const line = place.line;
        place.line += 1 + breaksInside(cells);
        if (cells.length > 1 || (cells[0] ?? '').trim() !== '') yield { cells, line };
      }
    } catch (error) {
      throw asFileError(error, file);
    }
    if (stop) throw csvProblem(stop, file, place.record + 1, place.line);
  }

  const source = lines();
  const header: string[] = [];
  try {
    const first = await source.next();
    if (first.done) throw new ImportFileError('file-empty', `${file.name} is empty.`);
    header.push(...readHeader(first.value.cells, file.name));
    checkHeader(header);
  } catch (error) {
    await source.return(undefined);
    throw error;
  }
  place.record = 0;

  async function* records(): AsyncGenerator<CsvRecord> {
    let first = true;
    for await (const { cells, line } of source) {
      const hxl = first && isHxlRow(cells);
      first = false;
      if (hxl) continue;
      place.record++;
      const problem = checkCells(cells, header, watch);
      yield { record: place.record, line, cells, ...(problem && { problem }) };
    }
    if (place.record === 0)
      throw new ImportFileError(
        'file-has-no-rows',
        `${file.name} has a header and no rows: the download is not complete, or the query was empty.`,
      );
  }
  return { header, records: records() };
}
