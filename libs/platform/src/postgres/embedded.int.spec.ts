import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir, waitFor } from '#libs/testing';
import pg from 'pg';
import { createPool } from './database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.js';
import { stopLeftoverPostgres } from './launch.js';
import { isAlive } from './postmaster.js';
import { isTransient } from './transient.js';

let temp: ReturnType<typeof tempDir>;
let dir: string;
let open: EmbeddedPostgres[];
let logged: string[];

beforeEach(() => {
  temp = tempDir();
  dir = path.join(temp.path, 'home', 'postgres');
  open = [];
  logged = [];
});

afterEach(async () => {
  await Promise.all(open.map((server) => server.stop()));
  await stopLeftoverPostgres(dir);
  temp.dispose();
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dir, onLog: (line) => logged.push(line) });
  open.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('embedded Postgres', () => {
  it('is made on first use, keeps its data over a stop, and starts again in under a second', async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept AS SELECT 'Харків' AS name");
    await first.stop();
    expect(existsSync(path.join(dir, 'data', 'postmaster.pid'))).toBe(false);

    const begun = performance.now();
    const second = await start();
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(await query(second.url, 'SELECT lower(name) AS name FROM kept')).toEqual([
      { name: 'харків' },
    ]);
  });

  it('is UTF-8, sorts by code point, listens on loopback only and keeps its password private', async () => {
    const { url } = await start();
    const [row] = await query(
      url,
      `SELECT current_setting('server_encoding') AS encoding,
              current_setting('listen_addresses') AS listen,
              'Z' < 'a' AS code_points, current_setting('TimeZone') AS zone`,
    );
    expect(row).toEqual({ encoding: 'UTF8', listen: '127.0.0.1', code_points: true, zone: 'UTC' });
    expect(statSync(path.join(dir, 'password')).mode & 0o777).toBe(0o600);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('comes back on the same port after kill -9, and a pool goes on', async () => {
    const server = await start();
    const ends: string[] = [];
    server.onExit((how) => ends.push(how));
    const pool = createPool(server.url);
    await pool.query('CREATE TABLE kept (n int)');
    for (let round = 1; round <= 3; round++) {
      const { pid, port } = server;
      process.kill(pid, 'SIGKILL');
      const failures: unknown[] = [];
      await waitFor(
        async () => {
          try {
            await pool.query('INSERT INTO kept VALUES ($1)', [round]);
            return server.pid !== pid;
          } catch (error) {
            failures.push(error);
            return false;
          }
        },
        { what: 'Postgres to come back', timeoutMs: 20_000 },
      );
      expect(failures.filter((error) => !isTransient(error))).toEqual([]);
      expect(server.port).toBe(port);
    }
    expect(ends).toEqual(['signal SIGKILL', 'signal SIGKILL', 'signal SIGKILL']);
    await pool.end();
  });

  it('takes over one that a killed process left running', async () => {
    const left = await startInAnotherProcess(['SIGKILL']);
    expect(isAlive(left.pid)).toBe(true);
    const server = await start();
    expect(server.pid).toBe(left.pid);
    expect(server.port).toBe(left.port);
    expect(logged.join()).toContain('took over');

    process.kill(server.pid, 'SIGKILL');
    await waitFor(() => server.running && server.pid !== left.pid, { what: 'a restart' });
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('replaces one left running with other settings', async () => {
    const left = await startInAnotherProcess(['SIGKILL']);
    const server = await startEmbeddedPostgres({ dir, settings: { work_mem: '5MB' } });
    open.push(server);
    expect(server.pid).not.toBe(left.pid);
    expect(isAlive(left.pid)).toBe(false);
    expect(await query(server.url, 'SHOW work_mem')).toEqual([{ work_mem: '5MB' }]);
  });

  it('stops with a process that exits without stopping it', async () => {
    const left = await startInAnotherProcess('exit');
    await waitFor(() => !isAlive(left.pid), { what: 'Postgres to stop' });
  });

  it('starts over a postmaster.pid whose number now belongs to a stranger', async () => {
    const first = await start();
    const file = path.join(dir, 'data', 'postmaster.pid');
    const text = readFileSync(file, 'utf8');
    await first.stop();
    writeFileSync(file, text.replace(/^\d+/, String(process.pid)));
    const second = await start();
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('makes a new cluster where making one was interrupted', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(path.join(dir, 'data', 'PG_VERSION'), '12\n');
    await expect(start()).rejects.toMatchObject({ code: 'postgres-other-version' });
  });
});

/** Starts Postgres from a process of its own, which then dies in the way asked for. */
async function startInAnotherProcess(
  end: [NodeJS.Signals] | 'exit',
): Promise<{ pid: number; port: number }> {
  const script = path.resolve(import.meta.dirname, '../../../../tools/with-source.mjs');
  const module = path.resolve(import.meta.dirname, 'embedded.ts');
  const code = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    const server = await startEmbeddedPostgres({ dir: ${JSON.stringify(dir)} });
    console.log(JSON.stringify({ pid: server.pid, port: server.port }));
    ${end === 'exit' ? 'process.exit(0);' : 'setInterval(() => undefined, 1000);'}
  `;
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', script, '--input-type=module', '--eval', code],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await waitFor(() => out.endsWith('\n') || child.exitCode !== null, {
    what: 'the other process to start Postgres',
    timeoutMs: 30_000,
  });
  if (end !== 'exit') child.kill(end[0]);
  await exited;
  return JSON.parse(out) as { pid: number; port: number };
}
