import type { ImportRow, RowReject } from '#libs/domain';

/** A row that could be read: what an `import-row` command needs, but for the run's own fields. */
export interface ReadRow {
  externalId: string;
  record: ImportRow['record'];
  /** All cells as published, by column. */
  columns: ImportRow['columns'];
  /** SHA-256 (hex) of the JCS form of the columns, normalised by the domain's comparison. */
  hash: string;
  mapping: ImportRow['mapping'];
  caseless: string[];
  /** Where the row itself says when it was reported; else the run's date holds. */
  reportedAt?: string;
}

/**
 * One data row. `record` counts them from 1 (neither the header nor an HXL row is one), `line` is
 * the physical line, from 1, on which the record starts.
 */
export type RowItem =
  | { kind: 'row'; record: number; line: number; row: ReadRow }
  | { kind: 'reject'; reject: RowReject; externalId?: string };

export interface ReadOptions {
  /** When the edition was reported: the date of claims that carry none of their own. */
  reportedAt?: string;
}

/** A file to import: where it is, and the name to call it by in messages. */
export interface ImportFile {
  path: string;
  name: string;
}

/** A dataset's format. Reading streams: memory does not grow with the file. */
export interface RowFormat {
  readonly name: string;
  /** Rows and rejects in file order. Throws `ImportFileError` for what is wrong with the file. */
  read(file: ImportFile, options: ReadOptions, tap?: ByteTap): AsyncIterable<RowItem>;
}

/** Sees the file's bytes as they are on disk (compressed, if they are). */
export type ByteTap = (chunk: Buffer) => void;

export type ImportFileErrorCode =
  | 'file-unreadable'
  | 'file-empty'
  | 'file-has-no-rows'
  | 'file-is-html'
  | 'file-is-binary'
  | 'file-truncated'
  | 'file-changed'
  | 'file-not-utf8'
  | 'header-invalid'
  | 'column-missing'
  | 'format-wrong'
  | 'quoting-broken'
  | 'record-too-large'
  | 'id-conflict'
  | 'outside-scope';

/** The file as a whole cannot be imported. Nothing has been written when this is thrown. */
export class ImportFileError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: ImportFileErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ImportFileError';
  }
}

const SHOWN = 200;

/** A reject as it is reported: long values are cut, so that a report stays readable. */
export function rejectOf(
  at: { record: number; line: number },
  problem: { column?: string | undefined; value?: string | undefined; reason: string },
): RowReject {
  const { column, value, reason } = problem;
  return {
    record: at.record,
    line: at.line,
    ...(column !== undefined && { column }),
    ...(value !== undefined && { value: shorten(value) }),
    reason,
  };
}

export function shorten(value: string): string {
  const clean = value.replace(/\p{Surrogate}/gu, '\ufffd').replaceAll('\u0000', '\\u0000');
  return clean.length > SHOWN ? `${clean.slice(0, SHOWN)}…` : clean;
}
