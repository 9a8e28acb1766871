import { spawn } from 'node:child_process';
import { CLI } from './paths.js';
import { cleanEnvironment } from './service.js';

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
  /** stdout as JSON; undefined when it is none. */
  json: unknown;
}

export interface CliOptions {
  url?: string;
  home?: string;
  stdin?: Buffer;
  /** Resolves when the process is to be killed. */
  killWhen?: Promise<unknown>;
}

/** Runs `ledger …` as a person would, in a process of its own. */
export function ledger(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: '/',
    env: cleanEnvironment({
      ...(options.url !== undefined && { LEDGER_URL: options.url }),
      ...(options.home !== undefined && { LEDGER_HOME: options.home }),
    }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  child.stdin.end(options.stdin);
  void options.killWhen?.then(() => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr, json: parse(stdout) });
    });
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
