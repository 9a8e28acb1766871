// npm run bench [-- SUITE…] [-- --profile]: runs the suites, prints a table, writes bench/results.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './lib/machine.js';
import { type SuiteReport, tableOf } from './lib/results.js';
import { SUITES } from './suites/index.js';

const RESULTS = path.join(ROOT, 'bench/results');
const PROFILES = path.join(ROOT, 'bench/profiles');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { profile: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !Object.hasOwn(SUITES, name));
if (unknown.length > 0) {
  process.stderr.write(
    `No suite ${unknown.join(', ')}; there are ${Object.keys(SUITES).join(', ')}.\n`,
  );
  process.exit(2);
}
const chosen = positionals.length > 0 ? positionals : Object.keys(SUITES);

/** Runs a suite in a process of its own; resolves with its exit code. */
function run(suite: string): Promise<number> {
  const profileDir = path.join(PROFILES, suite);
  if (values.profile) mkdirSync(profileDir, { recursive: true });
  const profiling = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [];
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      // The young generation that the service has, see "start" in package.json.
      ...['--expose-gc', '--max-semi-space-size=32'],
      ...profiling,
      path.join(ROOT, 'bench/run-suite.ts'),
      ...[suite, RESULTS, ...(values.profile ? [profileDir] : [])],
    ],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

const reports: SuiteReport[] = [];
const failed: string[] = [];
for (const suite of chosen) {
  process.stderr.write(`${suite}\n`);
  if ((await run(suite)) === 0)
    reports.push(
      JSON.parse(readFileSync(path.join(RESULTS, `${suite}.json`), 'utf8')) as SuiteReport,
    );
  else failed.push(suite);
}
process.stdout.write(`\n${tableOf(reports)}\n`);
for (const { suite, notes } of reports)
  for (const note of notes) process.stdout.write(`${suite}: ${note}\n`);
if (failed.length > 0) {
  process.stderr.write(`\nThese suites failed, see above: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
