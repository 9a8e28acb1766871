import type { Scan } from '#libs/importers';
import type { LedgerClient } from './client.js';
import type { CheckedOptions } from './options.js';
import type { Progress } from './progress.js';
import type { Run } from './run.js';
import type { SpooledFile } from './spool.js';
import type { Tally } from './tally.js';

/** What the parts of a run share. */
export interface ImportJob {
  options: CheckedOptions;
  client: LedgerClient;
  file: SpooledFile;
  scan: Scan;
  run: Run;
  tally: Tally;
  progress: Progress;
  dryRun: boolean;
  giveUpMs: number;
  signal?: AbortSignal;
}
