// A lock between processes: a file that holds the pid of its owner.
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

const POLL_MS = 100;
// A pid may be given to a stranger after a restart of the machine; no install takes this long.
const STALE_MS = 20 * 60_000;

/** Runs `work` (synchronous) while holding the lock; waits for another owner, unless it is dead. */
export function withLock(file, work) {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  const release = () => {
    if (ownerOf(file) === process.pid) rmSync(file, { force: true });
    rmSync(mine, { force: true });
  };
  process.once('exit', release); // `work` may end the process
  let told = false;
  while (!tryTake(mine, file)) {
    const owner = ownerOf(file);
    if (owner === undefined) continue;
    if (isStale(file, owner)) {
      takeAway(file, mine, owner);
      continue;
    }
    if (!told) {
      process.stderr.write(`Waiting for process ${owner}, which is installing or building here.\n`);
      told = true;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
  try {
    return work();
  } finally {
    release();
    process.off('exit', release);
  }
}

// A link appears together with its content, so nobody reads a lock without an owner.
function tryTake(mine, file) {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isStale(file, owner) {
  try {
    process.kill(owner, 0);
    return Date.now() - statSync(file).mtimeMs > STALE_MS;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    return error.code === 'ESRCH';
  }
}

/** Moves a dead owner's lock aside; one that another process took meanwhile is put back. */
function takeAway(file, mine, owner) {
  const aside = `${mine}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return; // another was faster
    throw error;
  }
  if (ownerOf(aside) !== owner) tryTake(aside, file);
  rmSync(aside, { force: true });
}
