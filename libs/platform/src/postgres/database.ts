import path from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.js';
import { errorCode, PostgresError } from './errors.js';

export interface DatabaseOptions {
  /** Shown in `pg_stat_activity`. */
  applicationName?: string;
  /** Milliseconds after which Postgres cancels a statement; absent: never. */
  statementTimeoutMs?: number;
  /** Connections, at most (default 10). */
  poolSize?: number;
  /** What a person may want to know: Postgres died, came back, dropped a connection. */
  onLog?: (message: string) => void;
}

export interface Database {
  url: string;
  pool: pg.Pool;
  /** Present when Postgres is our own. */
  embedded?: EmbeddedPostgres;
  /** Closes the pool, and stops Postgres if it is our own. */
  close(): Promise<void>;
}

const OLDEST = 14;

/**
 * Opens the Postgres of `DATABASE_URL`, or else the embedded one under the home directory.
 * @throws PostgresError, with what to do, when it refuses or is too old.
 */
export async function openDatabase(
  config: { databaseUrl?: string; home: string },
  options: DatabaseOptions = {},
): Promise<Database> {
  if (config.databaseUrl !== undefined) {
    const pool = createPool(config.databaseUrl, options);
    try {
      await requireVersion(pool, config.databaseUrl);
    } catch (error) {
      await pool.end();
      throw error;
    }
    return { url: config.databaseUrl, pool, close: () => pool.end() };
  }
  const embedded = await startEmbeddedPostgres({
    dir: path.join(config.home, 'postgres'),
    ...(options.onLog && { onLog: options.onLog }),
  });
  const pool = createPool(embedded.url, options);
  return {
    url: embedded.url,
    pool,
    embedded,
    close: async () => {
      await pool.end();
      await embedded.stop();
    },
  };
}

/** A pool whose idle connections may be lost without ending the process. */
export function createPool(url: string, options: DatabaseOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.poolSize ?? 10,
    application_name: options.applicationName ?? 'conflict-ledger',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    ...(options.statementTimeoutMs !== undefined && {
      statement_timeout: options.statementTimeoutMs,
    }),
  });
  pool.on('error', (error) => {
    options.onLog?.(`a connection to Postgres was lost: ${error.message}`);
  });
  return pool;
}

async function requireVersion(pool: pg.Pool, url: string): Promise<void> {
  let version: number;
  try {
    const { rows } = await pool.query<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    );
    version = Math.floor(Number(rows[0]?.version) / 10_000);
  } catch (cause) {
    throw refused(cause, url);
  }
  if (version < OLDEST) {
    throw new PostgresError(
      'postgres-too-old',
      `The Postgres of DATABASE_URL is version ${String(version)}; ${String(OLDEST)} or newer is ` +
        'needed. Upgrade it, or unset DATABASE_URL to use the embedded one.',
    );
  }
}

/** Says where a Postgres refused us and what to do, without the password. */
function refused(cause: unknown, url: string): PostgresError {
  const { hostname, port, pathname, username } = new URL(url);
  const where = `${hostname || 'localhost'}:${port || '5432'}`;
  const database = decodeURIComponent(pathname.slice(1)) || username;
  const advice: Record<string, string> = {
    ECONNREFUSED: 'nothing listens there: start it, or correct the address',
    ENOTFOUND: 'no such host: correct the address',
    '28P01': `the password for user "${username}" is wrong`,
    '28000': `it does not let user "${username}" in: look at its pg_hba.conf`,
    '3D000': `it has no database "${database}": create it (createdb ${database})`,
    '53300': 'it has no connection left: raise its max_connections or close others',
    '57P03': 'it is starting or stopping: try again shortly',
  };
  const code = errorCode(cause) ?? '';
  const reason = cause instanceof Error ? cause.message || code : String(cause);
  return new PostgresError(
    'postgres-refused',
    `The Postgres of DATABASE_URL (${where}) can't be used: ${advice[code] ?? reason}. ` +
      'Without DATABASE_URL an embedded Postgres is used.',
    true,
    { cause },
  );
}
