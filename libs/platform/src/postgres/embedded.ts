import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Cluster, DATABASE, freePort, prepareCluster, SETTINGS, urlOf } from './cluster.js';
import { errorCode, PostgresError } from './errors.js';
import {
  disownPidFile,
  isAlive,
  isPostmasterOf,
  readPidFile,
  spawnPostmaster,
  stopPostmaster,
} from './postmaster.js';

/** A running Postgres of our own, kept running until `stop`. */
export interface EmbeddedPostgres {
  /** `postgres://…` of the database `ledger`; stays the same when Postgres is restarted. */
  readonly url: string;
  readonly port: number;
  /** The postmaster's process id at the moment. */
  readonly pid: number;
  /** True while Postgres is there (not while it is being restarted). */
  readonly running: boolean;
  /** Calls back each time that Postgres ends without `stop`; it is then restarted by itself. */
  onExit(callback: (how: string) => void): void;
  /** Stops Postgres: running transactions are rolled back. Idempotent. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Its own directory, e.g. `<LEDGER_HOME>/postgres`; take the lock on LEDGER_HOME before. */
  dir: string;
  /** What a person may want to know: adopted, died, restarted. */
  onLog?: (message: string) => void;
  /** Settings of Postgres over ours (tests). */
  settings?: Readonly<Record<string, string>>;
}

const START_ATTEMPTS = 8;
const ADOPTED_POLL_MS = 100;
// It may be recovering from a crash of its own.
const ADOPT_PATIENCE_MS = 120_000;

/**
 * Starts the Postgres in `dir`, made on first use. One left behind by a killed process of ours is
 * taken over when it answers, else stopped first. If Postgres dies it is restarted on its port.
 * @throws PostgresError saying what to do.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const cluster = await prepareCluster(options.dir);
  const log = options.onLog ?? (() => undefined);
  const server = new Server(cluster, { ...SETTINGS, ...options.settings }, log);
  await server.start();
  return server;
}

class Server implements EmbeddedPostgres {
  port = 0;
  pid = 0;
  running = false;
  #stopping = false;
  #restarting: Promise<void> | undefined;
  readonly #callbacks: ((how: string) => void)[] = [];
  readonly #settings: Readonly<Record<string, string>>;
  // Our process ending in an orderly way, but without `stop`, takes Postgres with it.
  readonly #onProcessExit = (): void => {
    if (this.running && isPostmasterOf(this.pid, this.cluster.data))
      process.kill(this.pid, 'SIGINT');
  };

  constructor(
    private readonly cluster: Cluster,
    settings: Readonly<Record<string, string>>,
    private readonly log: (message: string) => void,
  ) {
    const text = JSON.stringify([cluster.binaries.postgres, settings]);
    const mark = createHash('sha256').update(text).digest('hex').slice(0, 16);
    // Tells whether a server that was left behind runs with the settings of this version.
    this.#settings = { ...settings, 'ledger.settings': mark };
  }

  get url(): string {
    return urlOf(this.cluster, this.port, DATABASE);
  }

  onExit(callback: (how: string) => void): void {
    this.#callbacks.push(callback);
  }

  async start(): Promise<void> {
    if (!(await this.#adopt())) await this.#startOnFreePort();
    await this.#createDatabase();
    process.once('exit', this.#onProcessExit);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    process.off('exit', this.#onProcessExit);
    await this.#restarting;
    if (!this.running) return;
    this.running = false;
    await stopPostmaster(this.pid);
  }

  async #adopt(): Promise<boolean> {
    const { data } = this.cluster;
    const found = readPidFile(data);
    if (!found || !isPostmasterOf(found.pid, data)) {
      disownPidFile(data);
      return false;
    }
    if (await this.#isOurs(found.pid)) {
      const port = readPidFile(data)?.port ?? found.port;
      this.log(`took over the Postgres left running (pid ${String(found.pid)})`);
      this.#watch(found.pid, port, endOf(found.pid));
      return true;
    }
    this.log(`stopping a Postgres left behind (pid ${String(found.pid)})`);
    await stopPostmaster(found.pid, 10_000);
    return false;
  }

  /** Whether the server answers to our password, on our data, with the settings of this version. */
  async #isOurs(pid: number): Promise<boolean> {
    const deadline = Date.now() + ADOPT_PATIENCE_MS;
    while (Date.now() < deadline && isAlive(pid)) {
      const found = readPidFile(this.cluster.data);
      if (found?.ready) {
        try {
          const rows = await this.#query(
            found.port,
            'postgres',
            "SELECT current_setting('ledger.settings', true) AS mark",
          );
          return rows[0]?.mark === this.#settings['ledger.settings'];
        } catch (error) {
          this.log(`the Postgres left behind does not answer: ${String(error)}`);
          return false;
        }
      }
      await delay(20);
    }
    return false;
  }

  async #startOnFreePort(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#spawn(await freePort());
        return;
      } catch (error) {
        // A port just taken, or back ends of a killed server that have not ended yet.
        if (attempt === START_ATTEMPTS || !isRetryable(error)) throw error;
        await delay(100 * attempt);
      }
    }
  }

  async #spawn(port: number): Promise<void> {
    const { pid, ended } = await spawnPostmaster({
      program: this.cluster.binaries.postgres,
      data: this.cluster.data,
      logFile: this.cluster.logFile,
      runAs: this.cluster.runAs,
      settings: this.#settings,
      port,
    });
    this.#watch(pid, port, ended);
  }

  #watch(pid: number, port: number, ended: Promise<string>): void {
    this.pid = pid;
    this.port = port;
    this.running = true;
    void ended.then((how) => {
      if (this.#stopping) return;
      this.running = false;
      this.log(`Postgres (pid ${String(pid)}) ended by ${how}; restarting it`);
      for (const callback of this.#callbacks) callback(how);
      this.#restarting = this.#restart();
    });
  }

  async #restart(): Promise<void> {
    for (let waitMs = 50; !this.#stopping; waitMs = Math.min(waitMs * 2, 2_000)) {
      try {
        disownPidFile(this.cluster.data);
        await this.#spawn(this.port);
        this.log(`Postgres is back (pid ${String(this.pid)})`);
        return;
      } catch (error) {
        this.log(`Postgres did not come back, trying again: ${String(error)}`);
        await delay(waitMs);
      }
    }
  }

  async #createDatabase(): Promise<void> {
    const rows = await this.#query(
      this.port,
      'postgres',
      `SELECT 1 FROM pg_database WHERE datname = '${DATABASE}'`,
    );
    if (rows.length === 0) await this.#query(this.port, 'postgres', `CREATE DATABASE ${DATABASE}`);
  }

  async #query(port: number, database: string, sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({
      connectionString: urlOf(this.cluster, port, database),
      connectionTimeoutMillis: 5_000,
      query_timeout: 30_000,
    });
    client.on('error', (error) => {
      this.log(`connection to the embedded Postgres: ${error.message}`);
    });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof PostgresError ? error.retryable : errorCode(error) === 'ECONNREFUSED';
}

/** Resolves when a process that is not our child is gone. */
function endOf(pid: number): Promise<string> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (isAlive(pid)) return;
      clearInterval(timer);
      resolve('an unknown cause');
    }, ADOPTED_POLL_MS);
    timer.unref();
  });
}
