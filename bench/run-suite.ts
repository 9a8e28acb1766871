// One suite in a process of its own, so that none warms up, fills or breaks another.
// Arguments: name, directory of results, and for CPU profiles of child processes their directory.
import { SUITES } from './suites/index.js';
import { Figures, writeReport } from './lib/results.js';
import { workDir } from './lib/work-dir.js';

const [name = '', results = '', profileDir] = process.argv.slice(2);
const suite = SUITES[name];
if (!suite) throw new Error(`no suite ${name}`);
const work = workDir();
const figures = new Figures();
try {
  await suite({ work, figures, ...(profileDir !== undefined && { profileDir }) });
  writeReport(name, figures, results);
} finally {
  work.dispose();
}
