import { type ChildProcess, spawn } from 'node:child_process';
import { waitFor } from '#libs/testing';
import { SERVICE } from './paths.js';

/** The real service in a process of its own. */
export interface RunningService {
  url: string;
  pid: number;
  /** Everything that it wrote, stdout and stderr. */
  output(): string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL: nothing is put in order. */
  kill(): Promise<void>;
}

export interface ServiceOptions {
  home: string;
  /** Over the defaults: a free port, no sample, JSON log. */
  env?: Record<string, string>;
}

/** Without the settings of whoever runs the tests. */
export function cleanEnvironment(env: Record<string, string>): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }), ...env };
}

function spawnService({ home, env = {} }: ServiceOptions): {
  child: ChildProcess;
  output: () => string;
} {
  const child = spawn(process.execPath, [SERVICE], {
    // Not where a developer's .env may lie.
    cwd: '/',
    env: cleanEnvironment({
      LEDGER_HOME: home,
      PORT: '0',
      SAMPLE: 'none',
      LOG_FORMAT: 'json',
      ...env,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return { child, output: () => output };
}

/** Starts the service and waits until it listens. Rejects with what it said when it ends instead. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { child, output } = spawnService(options);
  const exited = exitOf(child);
  const url = await waitFor(
    () => {
      if (child.exitCode !== null || child.signalCode !== null) return 'ended';
      return /"url":"(http:[^"]+)"/.exec(output())?.[1];
    },
    { timeoutMs: 90_000, what: 'the service to listen' },
  );
  if (url === 'ended') throw new Error(`the service did not start:\n${output()}`);
  return {
    url,
    pid: child.pid ?? 0,
    output,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Starts a service that is expected to end by itself; its exit code and what it said. */
export async function failedStart(
  options: ServiceOptions,
): Promise<{ code: number | null; output: string }> {
  const { child, output } = spawnService(options);
  const code = await exitOf(child);
  return { code, output: output() };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', resolve);
  });
}
