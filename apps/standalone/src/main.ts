import { createLogger, loadConfig } from '#libs/platform';
import { startService, type Service } from './service.js';
import { explain } from './explain.js';

/** Longer than any orderly stop takes; what is left then is cut off. */
const STOP_WITHIN_MS = 9_000;

let service: Promise<Service> | undefined;
let signalled: NodeJS.Signals | undefined;

function fail(error: unknown): never {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  if (signalled !== undefined) {
    if (signal === 'SIGINT') process.exit(130);
    return;
  }
  signalled = signal;
  setTimeout(() => {
    process.stderr.write('The service did not stop in time: it is ended now.\n');
    process.exit(1);
  }, STOP_WITHIN_MS).unref();
  try {
    await (await service)?.stop();
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    void stop(signal);
  });

async function start(): Promise<void> {
  try {
    const config = loadConfig();
    service = startService(config, createLogger(config.log));
    await service;
  } catch (error) {
    fail(error);
  }
}

await start();
