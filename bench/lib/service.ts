import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readEnvironment } from '#libs/platform';
import { ROOT } from './machine.js';

const READY_WITHIN_MS = 60_000;
/** What `npm start` runs, with its flags, so that the bench measures no other service. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const [, args] = /^(?:exec )?node (.+)$/.exec(scripts.start) ?? [];
  if (args === undefined) throw new Error(`"start" in package.json runs no node: ${scripts.start}`);
  return args.split(/\s+/);
}

const CLI = path.join(ROOT, 'dist/apps/cli/src/main.js');

export interface Service {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The environment without settings of the ledger, and with these. */
export function environmentWith(settings: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(readEnvironment(ROOT)).filter(
    ([name]) => !name.startsWith('LEDGER_') && name !== 'DATABASE_URL',
  );
  return { ...Object.fromEntries(kept), ...settings };
}

/** Waits until the address answers 200; throws when the process ends before, or after a minute. */
export async function answers(url: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null)
      throw new Error(`the service ended with ${String(child.exitCode)}`);
    // Refused connections are what is waited out here.
    const status = await fetch(url).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) return;
    await delay(10);
  }
  throw new Error(`${url} did not answer within a minute`);
}

/** Ends a child in an orderly way and waits for it. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'exit');
  child.kill('SIGTERM');
  await closed;
}

/** The service as `npm start` runs it, on an empty ledger of its own. */
export async function startService(home: string, profileDir?: string): Promise<Service> {
  const port = await freePort();
  const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const child = spawn(process.execPath, [...profiling, ...startArguments()], {
    cwd: ROOT,
    env: environmentWith({
      HOST: '127.0.0.1',
      PORT: String(port),
      LEDGER_HOME: home,
      SAMPLE: 'none',
      LOG_LEVEL: 'warn',
      LOG_FORMAT: 'json',
    }),
    stdio: ['ignore', 'ignore', 2],
  });
  const url = `http://127.0.0.1:${String(port)}`;
  try {
    await answers(`${url}/health/ready`, child);
  } catch (error) {
    await end(child);
    throw error;
  }
  return { url, pid: child.pid ?? 0, stop: () => end(child) };
}

/** `ledger … --json`: what it prints, and how long it took from start to end, in seconds. */
export async function ledger(
  url: string,
  args: readonly string[],
  onStart: (pid: number) => void = () => undefined,
): Promise<{ answer: Record<string, unknown>; seconds: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, [CLI, ...args, '--json', '--url', url], {
    cwd: ROOT,
    env: environmentWith({}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onStart(child.pid ?? 0);
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  const seconds = (performance.now() - started) / 1_000;
  if (code !== 0)
    throw new Error(
      `ledger ${args[0] ?? ''} ended with ${String(code)}: ${Buffer.concat(err).toString().slice(-2_000)}`,
    );
  return {
    answer: JSON.parse(Buffer.concat(out).toString()) as Record<string, unknown>,
    seconds,
  };
}
