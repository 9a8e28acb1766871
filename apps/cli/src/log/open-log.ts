import path from 'node:path';
import { type EmbeddedLog, openEmbeddedLog, parseLogUrl } from '#libs/event-log';
import { loadConfig } from '#libs/platform';

/** Opens the log that `--log` names, or that of LEDGER_HOME, for reading only. */
export function openLogToRead(url: string | undefined): EmbeddedLog {
  const dir = url === undefined ? path.join(loadConfig().home, 'log') : parseLogUrl(url).dir;
  return openEmbeddedLog({ dir, readOnly: true });
}
