// A process of its own on a log, for tests: `child.ts MODE DIR [PARTITION]`. It prints one JSON
// document a line, takes commands a line on stdin, and ends when stdin does.
import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Chain } from '../../contract/chain.js';
import { lockHome, openEmbeddedLog, type LogError } from '../../index.js';

const [mode = '', dir = '', partitionText = '0'] = process.argv.slice(2);
const partition = Number(partitionText);

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as LogError;
    say({ code, message });
    return undefined;
  }
}

/** Holds the home's lock. */
async function lock(): Promise<void> {
  if (await attempt(() => lockHome(dir))) say({ locked: true });
}

/** Follows read-only and tells how far it is. */
async function follow(): Promise<void> {
  const log = openEmbeddedLog({ dir, readOnly: true });
  let count = 0;
  for await (const { events } of log.follow(partition, 'beginning')) {
    count += events.length;
    const last = events.at(-1);
    if (last) say({ count, offset: last.offset });
  }
}

/** Appends as fast as it can, three events at a time, and tells each that was acknowledged. */
async function append(): Promise<void> {
  const log = openEmbeddedLog({ dir });
  const writer = await log.openWriter(partition);
  const chain = new Chain(writer.head?.hash);
  for (let round = 0; ; round++) {
    const batch = chain.many(3, `${String(process.pid)} ${String(round)} ${'.'.repeat(700)}`);
    await writer.append(batch);
    say({ acked: batch.map(({ hash }) => hash) });
    if (round % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Opens a writer, and appends on each line of stdin, with the writer it has. */
async function zombie(): Promise<void> {
  const writer = await openEmbeddedLog({ dir }).openWriter(partition);
  say({ ready: true });
  for await (const line of createInterface(process.stdin))
    if (await attempt(() => writer.append([new Chain(writer.head?.hash).one(line)])))
      say({ acked: line });
}

/** Appends until it fails; on each line of stdin makes room (when told to remount) and goes on. */
async function fill(): Promise<void> {
  const log = openEmbeddedLog({ dir });
  const round = async (): Promise<void> => {
    const writer = await log.openWriter(partition);
    const chain = new Chain(writer.head?.hash);
    for (let i = 0; i < 200; i++) {
      await writer.append(chain.many(10, 'x'.repeat(10_000)));
      say({ acked: 10, hash: chain.hash });
    }
    say({ full: false });
  };
  await attempt(round);
  for await (const line of createInterface(process.stdin)) {
    if (line.startsWith('remount '))
      execFileSync('mount', ['-o', 'remount,size=64m', line.slice(8)]);
    await attempt(round);
  }
}

const modes: Record<string, () => Promise<void>> = { lock, follow, append, zombie, fill };
process.stdin.resume();
process.stdin.on('end', () => process.exit());
await modes[mode]?.();
