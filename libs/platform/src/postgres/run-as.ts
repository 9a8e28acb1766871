import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { PostgresError } from './errors.js';

/** Whom to run Postgres as; empty: as ourselves. */
export interface RunAs {
  user?: { uid: number; gid: number };
  /** A command to run it through, which then changes to that user itself. */
  through?: readonly string[];
}

/** What to give to `spawn` so that a program runs as that user. */
export function commandAs(
  { user, through }: RunAs,
  program: string,
  args: readonly string[],
): { file: string; args: string[]; ids: { uid?: number; gid?: number } } {
  const [file, ...first] = through ?? [];
  return file === undefined
    ? { file: program, args: [...args], ids: user ?? {} }
    : { file, args: [...first, program, ...args], ids: {} };
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
  const blocked = [dir, ...programs].map((target) => firstShut(target, user)).find(Boolean);
  if (blocked === undefined) return { user };
  const through = passage(user, programs);
  if (through) return { user, through };
  throw new PostgresError(
    'postgres-not-permitted',
    `Postgres does not run as root, and the user it runs as instead (uid ${String(user.uid)}) may ` +
      `not pass through ${blocked}, where its programs or data are. Do one of these: run this as ` +
      `an ordinary user; allow it (chmod o+x ${blocked}); have all of this, or LEDGER_HOME, in ` +
      'another directory; set DATABASE_URL to a Postgres of your own.',
  );
}

type User = NonNullable<RunAs['user']>;

function postgresUser(): User {
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

function lookUp(): User | undefined {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe', encoding: 'utf8' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined; // `id` fails for a user that is not there: the caller makes it
  }
}

/** The first directory above `target` that the user may not pass through, from the bottom up. */
function firstShut(target: string, user: User): string | undefined {
  for (let at = path.dirname(target); ; at = path.dirname(at)) {
    const { mode, uid, gid } = statSync(at);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return at;
    if (at === path.dirname(at)) return undefined;
  }
}

/**
 * Root's home is closed to others, yet people do work there in containers. util-linux' setpriv
 * can let the other user keep one capability of ours, with which it passes through directories:
 * the one that only reads where we have it, else the one that containers have.
 */
function passage(user: User, programs: readonly string[]): string[] | undefined {
  for (const capability of ['dac_read_search', 'dac_override']) {
    const through = [
      'setpriv',
      `--reuid=${String(user.uid)}`,
      `--regid=${String(user.gid)}`,
      '--clear-groups',
      `--inh-caps=+${capability}`,
      `--ambient-caps=+${capability}`,
      '--securebits=+no_setuid_fixup', // access(2) looks at capabilities too
    ];
    const [file = '', ...args] = through;
    const works = programs.every(
      (program) =>
        spawnSync(file, [...args, program, '--version'], { stdio: 'ignore' }).status === 0,
    );
    if (works) return through;
  }
  return undefined;
}
