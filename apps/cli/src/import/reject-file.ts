import { closeSync, openSync, writeSync } from 'node:fs';
import type { RowReject } from '#libs/domain';
import { ImportRefused } from './errors.js';

/** Where all rejected rows go, as NDJSON, one `RowReject` a line. */
export interface RejectSink {
  write: (reject: RowReject) => void;
  close: () => void;
}

/** Opens `--rejects FILE`; without a path, rejects go nowhere. Throws when it cannot be written. */
export function openRejects(path: string | undefined): RejectSink {
  if (path === undefined) return { write: () => undefined, close: () => undefined };
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ImportRefused(
      1,
      'rejects-unwritable',
      `--rejects ${path} cannot be written: ${why}`,
      {
        cause,
      },
    );
  }
  return {
    write: (reject) => {
      writeSync(file, `${JSON.stringify(reject)}\n`);
    },
    close: () => {
      closeSync(file);
    },
  };
}
