import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type pg from 'pg';
import { ROOT } from './machine.js';

const PEER = path.join(ROOT, 'bench/peer');

/** What the bench uses of emmett's Postgres event store. */
export interface PeerStore {
  appendToStream(
    stream: string,
    events: { type: string; data: object }[],
    options: { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' },
  ): Promise<unknown>;
  schema: { migrate(): Promise<unknown> };
  close(): Promise<void>;
}

interface PeerModule {
  getPostgreSQLEventStore(
    url: string,
    options: { schema: { autoMigration: 'None' }; connectionOptions: { pool: pg.Pool } },
  ): PeerStore;
}

/** Its dependencies clash with ours, so it is installed by itself, when it is not there yet. */
function install(): void {
  if (existsSync(path.join(PEER, 'node_modules'))) return;
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: PEER,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error(`npm ci in bench/peer ended with ${String(status)}`);
}

/** Opens the peer as its documentation says: pooled, the schema made beforehand. */
export async function openPeer(
  url: string,
  connections: number,
): Promise<{ store: PeerStore; close(): Promise<void> }> {
  install();
  const resolve = createRequire(path.join(PEER, 'package.json')).resolve;
  const { Pool } = (
    (await import(pathToFileURL(resolve('pg')).href)) as { default: { Pool: typeof pg.Pool } }
  ).default;
  const entry = path.join(PEER, 'node_modules/@event-driven-io/emmett-postgresql/dist/index.js');
  const peer = (await import(pathToFileURL(entry).href)) as PeerModule;
  const pool = new Pool({ connectionString: url, max: connections });
  pool.on('error', (error) => {
    process.stderr.write(`  the peer lost a connection: ${error.message}\n`);
  });
  const store = peer.getPostgreSQLEventStore(url, {
    schema: { autoMigration: 'None' },
    connectionOptions: { pool },
  });
  await store.schema.migrate();
  return {
    store,
    close: async () => {
      await store.close();
      // It may have begun to end a pool that is not its own, without waiting for that.
      if (!pool.ending) await pool.end();
      while (pool.totalCount > 0) await delay(10);
    },
  };
}
