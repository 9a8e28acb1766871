import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createPool } from '#libs/platform';
import { dumpReadModels } from '#libs/projections';

/** Where the embedded Postgres of a home is now: its address, and its process. */
export function postgresOf(home: string): { url: string; pid: number } {
  const dir = path.join(home, 'postgres');
  const lines = readFileSync(path.join(dir, 'data/postmaster.pid'), 'utf8').split('\n');
  const password = readFileSync(path.join(dir, 'password'), 'utf8').trim();
  return {
    url: `postgres://ledger:${password}@127.0.0.1:${lines[3] ?? ''}/ledger`,
    pid: Number(lines[0]),
  };
}

/** A digest of all rows of all read models, and how many there are. */
export async function dumpOf(home: string): Promise<{ rows: number; sha256: string }> {
  const pool = createPool(postgresOf(home).url, { poolSize: 1 });
  const hash = createHash('sha256');
  let rows = 0;
  try {
    for await (const row of dumpReadModels(pool)) {
      hash.update(row).update('\n');
      rows += 1;
    }
  } finally {
    await pool.end();
  }
  return { rows, sha256: hash.digest('hex') };
}
