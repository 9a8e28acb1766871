import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { createTestDatabase, describeWhen, tempDir, type TestDatabase } from '#libs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from './cluster.js';
import { createPool, openDatabase } from './database.js';

describe('openDatabase with DATABASE_URL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('uses that Postgres, and names itself', async () => {
    const opened = await openDatabase(
      { databaseUrl: database.url, home: '/nowhere' },
      { applicationName: 'a-test', statementTimeoutMs: 50 },
    );
    const { rows } = await opened.pool.query("SELECT current_setting('application_name') AS name");
    expect(rows).toEqual([{ name: 'a-test' }]);
    await expect(opened.pool.query('SELECT pg_sleep(10)')).rejects.toMatchObject({ code: '57014' });
    await opened.close();
  });

  it.each([
    ['a wrong password', 'password', 'wrong', /password for user "ledger" is wrong/],
    ['no such database', 'pathname', '/nothing', /no database "nothing": create it/],
  ] as const)('says what to do about %s', async (_what, part, value, message) => {
    const url = new URL(database.url);
    const secret = url.password;
    url[part] = value;
    const opening = openDatabase({ databaseUrl: url.href, home: '/nowhere' });
    await expect(opening).rejects.toMatchObject({ code: 'postgres-refused' });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.not.toThrow(secret);
  });

  it('says what to do when nothing listens there', async () => {
    const databaseUrl = `postgres://u:p@127.0.0.1:${String(await freePort())}/d`;
    await expect(openDatabase({ databaseUrl, home: '/nowhere' })).rejects.toThrow(
      /nothing listens there: start it/,
    );
  });

  it('says so when what listens there is no Postgres', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined); // the other side hangs up
      socket.resume();
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const databaseUrl = `postgres://u:p@127.0.0.1:${String(port)}/d`;
    await expect(openDatabase({ databaseUrl, home: '/nowhere' })).rejects.toMatchObject({
      code: 'postgres-refused',
    });
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a pool', () => {
  it('outlives connections that the server ends while they are idle', async () => {
    const database = await createTestDatabase();
    const lost: string[] = [];
    const pool = createPool(database.url, { onLog: (line) => lost.push(line) });
    const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await database.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await expect(pool.query('SELECT 1').catch(() => pool.query('SELECT 1'))).resolves.toBeDefined();
    expect(lost.join()).toMatch(/connection to Postgres was lost|^$/);
    await pool.end();
    await database.drop();
  });
});

describeWhen(
  process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0
    ? undefined
    : 'only root has another user run Postgres, and needs setpriv (util-linux) for this',
  'openDatabase as root',
  () => {
    it('works in a directory that only root may pass through', async () => {
      const temp = tempDir();
      const shut = path.join(temp.path, 'shut');
      mkdirSync(shut);
      chmodSync(shut, 0o700);
      const database = await openDatabase({ home: path.join(shut, 'home') });
      const { rows } = await database.pool.query('SELECT 1 AS one');
      expect(rows).toEqual([{ one: 1 }]);
      await database.close();
      temp.dispose();
    });
  },
);
