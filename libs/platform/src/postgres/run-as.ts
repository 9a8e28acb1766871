import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { PostgresError } from './errors.js';

/** The user to run Postgres as; empty: as ourselves. */
export interface RunAs {
  uid?: number;
  gid?: number;
}

/**
 * Makes `dir` and says as whom Postgres must run on it. Postgres refuses to run as root: then it
 * is the owner of an existing data directory, else the user `postgres`, which is created if the
 * system has none.
 * @throws PostgresError `postgres-not-permitted`, with what to do.
 */
export function prepareRunAs(dir: string, programs: readonly string[]): RunAs {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (cause) {
    throw new PostgresError(
      'postgres-not-permitted',
      `The directory ${dir} cannot be made (${String(cause)}). Set LEDGER_HOME to one that this ` +
        'user may write to.',
      false,
      { cause },
    );
  }
  if (process.getuid?.() !== 0) return {};
  const owner = statSync(dir);
  const user = owner.uid === 0 ? postgresUser() : { uid: owner.uid, gid: owner.gid };
  for (const target of [dir, ...programs]) requireReachable(target, user);
  return user;
}

function postgresUser(): Required<RunAs> {
  const known = lookUp();
  if (known) return known;
  try {
    execFileSync('groupadd', ['--system', '--force', 'postgres'], { stdio: 'pipe' });
    execFileSync('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres'], {
      stdio: 'pipe',
    });
  } catch (cause) {
    throw new PostgresError(
      'postgres-not-permitted',
      'Postgres does not run as root, there is no user "postgres" to run it as, and none could be ' +
        'created. Create one, run this as an ordinary user, or set DATABASE_URL.',
      false,
      { cause },
    );
  }
  const made = lookUp();
  if (made) return made;
  throw new PostgresError('postgres-not-permitted', 'The user "postgres" was made but not found.');
}

function lookUp(): Required<RunAs> | undefined {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe', encoding: 'utf8' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined; // `id` fails for a user that is not there: the caller makes it
  }
}

function requireReachable(target: string, user: Required<RunAs>): void {
  for (let at = path.dirname(target); ; at = path.dirname(at)) {
    const { mode, uid, gid } = statSync(at);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      throw new PostgresError(
        'postgres-not-permitted',
        `Postgres does not run as root, and the user it runs as instead (uid ${String(user.uid)}) ` +
          `may not pass through ${at}, which ${target} is under. Do one of these: run this as an ` +
          `ordinary user; allow it (chmod o+x ${at}); set LEDGER_HOME to a directory elsewhere ` +
          'and move this one out of there; set DATABASE_URL to a Postgres of your own.',
      );
    }
    if (at === path.dirname(at)) return;
  }
}
