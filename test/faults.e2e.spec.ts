import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { stopLeftoverPostgres } from '#libs/platform';
import { tempDir, waitFor } from '#libs/testing';
import { BulkWriter } from './support/bulk-writer.js';
import { ledger } from './support/cli.js';
import { dumpOf, postgresOf } from './support/database.js';
import { get, post, type ProblemBody, type ReceiptBody } from './support/http.js';
import { killRounds } from './support/kill-and-look.js';
import { logOf } from './support/log.js';
import { failedStart, type RunningService, startService } from './support/service.js';

const ROUNDS = 5;
const REPORT = {
  kind: 'explosion',
  title: 'An explosion',
  reportedAt: '2024-11-11',
  occurred: { start: '2024-11-11', precision: 'day' },
};

describe('a ledger that is treated badly', () => {
  const home = tempDir();
  let service: RunningService | undefined;
  const start = async (): Promise<RunningService> => {
    service = await startService({ home: home.path });
    return service;
  };
  const stop = async (): Promise<void> => {
    expect(await service?.stop()).toBe(0);
    service = undefined;
  };
  afterAll(async () => {
    await service?.stop();
    await stopLeftoverPostgres(path.join(home.path, 'postgres'));
    home.dispose();
  });

  it(`loses, doubles and invents nothing when it is killed ${String(ROUNDS)} times while writing`, async () => {
    await killRounds(home.path, ROUNDS);
  }, 240_000);

  it('queries catch up after the kills, and count what is in the log', async () => {
    const { url } = await start();
    await visible(url, home.path);
    const subjects = new Set(
      (await logOf(home.path))
        .flat()
        .map((bytes) => (JSON.parse(bytes.toString('utf8')) as { subject: string }).subject),
    );
    subjects.delete('ledger');
    const { body } = await get<{ total: { incidents: number } }>(`${url}/v1/stats`);
    expect(body.total.incidents).toBe(subjects.size);
  }, 120_000);

  it('writes on while Postgres is killed; queries say 503, then go on by themselves', async () => {
    const { url } = service ?? (await start());
    const before = postgresOf(home.path).pid;
    const writer = new BulkWriter(url).start(1);
    try {
      await waitFor(() => writer.acknowledged.length > 500, { what: 'some writing' });
      process.kill(before, 'SIGKILL');
      const acknowledged = writer.acknowledged.length;
      const statuses = new Set<number>();
      let problem: ProblemBody | undefined;
      await waitFor(
        async () => {
          const answer = await get<ProblemBody>(`${url}/v1/stats`);
          statuses.add(answer.status);
          if (answer.status === 503) problem = answer.body;
          return problem !== undefined && answer.status === 200;
        },
        { timeoutMs: 60_000, what: 'queries to fail with 503 and to come back' },
      );
      expect([...statuses].sort()).toEqual([200, 503]);
      expect(problem).toMatchObject({ code: 'database-unavailable' });
      await waitFor(() => writer.acknowledged.length > acknowledged + 500, {
        what: 'writing to go on',
      });
    } finally {
      await writer.stop();
    }
    expect(writer.sent.every((command) => command.eventIds)).toBe(true);
    await visible(url, home.path);
    expect(postgresOf(home.path).pid).not.toBe(before);
    const streams = new Set((await eventsOf(home.path)).map((e) => e.subject));
    const { body } = await get<{ total: { incidents: number } }>(`${url}/v1/stats`);
    expect(body.total.incidents).toBe(streams.size - 1);
  }, 150_000);

  it('rebuilds its state store and its read models from the log, to the same rows', async () => {
    const { url } = service ?? (await start());
    const headers = { 'Idempotency-Key': 'before it was deleted' };
    const first = await post<ReceiptBody>(`${url}/v1/incidents`, REPORT, headers);
    await visible(url, home.path);
    const dump = await dumpOf(home.path);
    expect(dump.rows).toBeGreaterThan(100);
    await stop();

    rmSync(path.join(home.path, 'state'), { recursive: true });
    const withoutState = await start();
    const again = await post<ReceiptBody>(`${withoutState.url}/v1/incidents`, REPORT, headers);
    expect(again.body).toEqual({ ...first.body, replayed: true });
    await visible(withoutState.url, home.path);
    expect(await dumpOf(home.path)).toEqual(dump);
    await stop();

    rmSync(path.join(home.path, 'postgres'), { recursive: true });
    const withoutPostgres = await start();
    await visible(withoutPostgres.url, home.path);
    expect(await dumpOf(home.path)).toEqual(dump);
  }, 240_000);

  it('stops in order while it is written to, and keeps what it acknowledged', async () => {
    const running = service ?? (await start());
    const writer = new BulkWriter(running.url).start();
    await waitFor(() => writer.acknowledged.length > 500, { what: 'some writing' });
    const started = Date.now();
    await stop();
    expect(Date.now() - started).toBeLessThan(10_000);
    await writer.stop();
    const ids = new Set((await eventsOf(home.path)).map((e) => e.id));
    expect(
      writer.acknowledged.flatMap((c) => c.eventIds ?? []).filter((id) => !ids.has(id)),
    ).toEqual([]);
  }, 60_000);

  it('is refused to a second process, which says who has it', async () => {
    const { pid } = service ?? (await start());
    const second = await failedStart({ home: home.path });
    expect(second.code).toBe(1);
    expect(second.output).toContain(`process ${String(pid)}`);
  }, 60_000);

  it('one flipped byte in the log is found, with its place', async () => {
    if (service) await stop();
    const partitions = await logOf(home.path);
    const partition = partitions.findIndex((events) => events.length > 10);
    const bytes = partitions[partition]?.[7] ?? Buffer.alloc(0);
    const { id } = JSON.parse(bytes.toString('utf8')) as { id: string };
    const file = path.join(home.path, 'log/events.mdb');
    const whole = readFileSync(file);
    const damaged = Buffer.from(whole);
    // LMDB may keep older copies of a page: each copy of the event is altered.
    for (let at = damaged.indexOf(bytes); at >= 0; at = damaged.indexOf(bytes, at + 1)) {
      const title = damaged.indexOf('Explosion', at);
      damaged.writeUInt8(damaged.readUInt8(title + 1) ^ 1, title + 1);
    }
    writeFileSync(file, damaged);
    const verified = await ledger(['verify', '--json'], { home: home.path });
    expect(verified).toMatchObject({
      code: 4,
      json: { ok: false, problems: 1, findings: [{ partition, offset: '7', eventId: id }] },
    });
    const text = await ledger(['verify'], { home: home.path });
    expect(text.stdout).toContain(`partition ${String(partition)}, offset 7, event ${id}`);
    writeFileSync(file, whole);
    expect(await ledger(['verify'], { home: home.path })).toMatchObject({ code: 0 });
  }, 60_000);
});

describe('a service that cannot start says why, and exits with 1', () => {
  const temp = tempDir();
  let taken: Server | undefined;
  afterAll(() => {
    taken?.close();
    temp.dispose();
  });

  it('wrong settings, all at once', async () => {
    const { code, output } = await failedStart({
      home: path.join(temp.path, 'a'),
      env: { LOG_LEVEL: 'loud', PORT: 'abc', LEDGER_HOEM: 'x' },
    });
    expect(code).toBe(1);
    for (const words of ['LOG_LEVEL', 'loud', 'PORT', 'abc', 'LEDGER_HOEM'])
      expect(output).toContain(words);
  });

  it('a home that cannot be written', async () => {
    const file = path.join(temp.path, 'file');
    writeFileSync(file, '');
    const { code, output } = await failedStart({ home: path.join(file, 'home') });
    expect(code).toBe(1);
    expect(output).toContain('LEDGER_HOME');
    expect(output).not.toContain('    at ');
  });

  it('a port in use', async () => {
    const server = createServer();
    taken = server;
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
      });
    });
    const home = path.join(temp.path, 'b');
    const { code, output } = await failedStart({ home, env: { PORT: String(port) } });
    expect(code).toBe(1);
    expect(output).toContain(`Port ${String(port)}`);
    expect(output).toContain('PORT=0');
  }, 90_000);

  it('a Postgres that refuses', async () => {
    const { code, output } = await failedStart({
      home: path.join(temp.path, 'c'),
      env: { DATABASE_URL: 'postgres://me:secret@127.0.0.1:9/ledger' },
    });
    expect(code).toBe(1);
    expect(output).toContain('DATABASE_URL');
    expect(output).toContain('127.0.0.1:9');
    expect(output).not.toContain('secret');
  });
});

async function eventsOf(home: string): Promise<{ id: string; subject: string }[]> {
  return (await logOf(home))
    .flat()
    .map((bytes) => JSON.parse(bytes.toString('utf8')) as { id: string; subject: string });
}

/** Waits until queries show all that is in the log. */
async function visible(url: string, home: string): Promise<void> {
  const after = (await logOf(home))
    .flatMap((events, p) =>
      events.length > 0 ? [`${String(p)}:${String(events.length - 1)}`] : [],
    )
    .join(',');
  await waitFor(
    async () => (await get(`${url}/v1/incidents?limit=1&after=${after}`)).status === 200,
    {
      timeoutMs: 90_000,
      what: 'queries to show all that is recorded',
    },
  );
}
