import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createPool, errorCode, launchPostgres } from '#libs/platform';
import pg from 'pg';
import { runDirectory } from './temp-dir.js';
import { waitFor } from './wait-for.js';

/**
 * One Postgres per Jest run, started by the first suite that asks and stopped by
 * `tools/jest-teardown.mjs`, which finds it by the file that is written here.
 */
export async function testPostgres(): Promise<{ url: string }> {
  const dir = runDirectory();
  if (!dir)
    throw new Error('No directory for this test run: is globalSetup of jest.config.js in use?');
  const file = path.join(dir, 'postgres.json');
  const lock = path.join(dir, 'starting');
  if (!existsSync(file)) {
    if (tryMakeDirectory(lock)) {
      try {
        await launch(dir, file);
      } finally {
        rmdirSync(lock);
      }
    } else {
      await waitFor(() => existsSync(file) || !existsSync(lock), {
        timeoutMs: 60_000,
        what: 'the Postgres that another suite is starting',
      });
      if (!existsSync(file)) throw new Error('another suite could not start Postgres: see there');
    }
  }
  return JSON.parse(readFileSync(file, 'utf8')) as { url: string };
}

async function launch(dir: string, file: string): Promise<void> {
  if (existsSync(file)) return; // the one before us had just finished
  const { url, pid, data } = await launchPostgres({
    dir: path.join(dir, 'postgres'),
    sync: false,
    settings: { fsync: 'off', full_page_writes: 'off', max_connections: '100' },
  });
  writeFileSync(`${file}.new`, JSON.stringify({ url, pid, data }));
  renameSync(`${file}.new`, file);
}

export interface TestDatabase {
  url: string;
  pool: pg.Pool;
  /** Ends the pool and drops the database, even when others are still connected. */
  drop(): Promise<void>;
}

/** A fresh, empty database for one suite. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await testPostgres();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await run(server.url, `CREATE DATABASE ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const pool = createPool(url.href);
  return {
    url: url.href,
    pool,
    drop: async () => {
      await pool.end();
      await run(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function tryMakeDirectory(dir: string): boolean {
  try {
    mkdirSync(dir);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
