import { constants } from 'node:os';
import { LogError } from '../port.js';

const { ENOSPC, EDQUOT, EFBIG, EIO, EACCES, EROFS, EPERM } = constants.errno;
const MDB_MAP_FULL = -30792;
const NO_SPACE: ReadonlySet<unknown> = new Set([
  ENOSPC,
  EDQUOT,
  EFBIG,
  MDB_MAP_FULL,
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
]);
const NOT_ALLOWED: ReadonlySet<unknown> = new Set([
  EACCES,
  EROFS,
  EPERM,
  'EACCES',
  'EROFS',
  'EPERM',
]);

/** lmdb-js puts errno, or LMDB's own negative code, on `code`; Node's fs puts a name there. */
function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as { code?: unknown }).code : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * What a failed write came to: `no-space`, or `in-doubt` for all that is not known to be that.
 * @param roomProblem asked when LMDB says EIO, which is what it says of a write cut short
 */
export function writeFailure(
  error: unknown,
  dir: string,
  what: string,
  roomProblem: () => Error | undefined,
): LogError {
  if (error instanceof LogError) return error;
  const full = codeOf(error) === EIO ? roomProblem() : error;
  if (NO_SPACE.has(codeOf(full)))
    return new LogError(
      'no-space',
      `${what} was not written: the disk that holds ${dir} is full or over its quota ` +
        `(${reasonOf(full)}). Free some space and send it again`,
      true,
      { cause: error },
    );
  return new LogError(
    'in-doubt',
    `${what} may or may not have been written to ${dir} (${reasonOf(error)}): ` +
      'read the log again to know',
    true,
    { cause: error },
  );
}

/** Why the log cannot be opened or read, and what to do. */
export function accessFailure(error: unknown, dir: string): LogError {
  if (error instanceof LogError) return error;
  const code = codeOf(error);
  const advice = NO_SPACE.has(code)
    ? 'its disk is full; free some space'
    : NOT_ALLOWED.has(code)
      ? 'this user may not write there; change its owner or choose another directory'
      : 'check that it is a directory of this ledger and that its disk is well';
  return new LogError(
    NO_SPACE.has(code) ? 'no-space' : 'unavailable',
    `the event log in ${dir} cannot be opened (${reasonOf(error)}): ${advice}`,
    false,
    { cause: error },
  );
}
