import type { Figures } from '../lib/results.js';
import type { WorkDir } from '../lib/work-dir.js';

export interface SuiteContext {
  work: WorkDir;
  figures: Figures;
  /** Set when CPU profiles are wanted: where child processes leave theirs. */
  profileDir?: string;
}

/** Measures one thing and adds its figures. */
export type Suite = (context: SuiteContext) => Promise<void>;
