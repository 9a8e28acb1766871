import type { EventLog } from '#libs/event-log';
import { runMigrations } from '#libs/read-models';
import { createTestDatabase, type TestDatabase, waitFor } from '#libs/testing';
import { dumpReadModels } from '../dump.js';
import { ensureGeneration } from '../generation.js';
import type { Projector } from '../runner/projector.js';
import type { ProjectorLogger } from '../runner/partition-projector.js';

export const silent: ProjectorLogger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A database with the ledger's schema and an empty generation. */
export async function createReadModels(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await runMigrations(database.url);
  await ensureGeneration(database.pool, { logger: silent });
  return database;
}

export async function dumped(database: TestDatabase): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of dumpReadModels(database.pool)) lines.push(line);
  return lines;
}

/** Waits until every partition is projected to where the log ends now. */
export async function caughtUp(projector: Projector, log: EventLog): Promise<void> {
  const ends = await log.ends();
  await waitFor(
    () =>
      projector
        .health()
        .every((h) => !h.lagging && h.offset === (ends[h.partition]?.offset ?? null)),
    { timeoutMs: 60_000, what: 'the projector at the end of the log' },
  );
}

/** The first few lines that only one of two dumps has; none when they are equal. */
export function difference(a: readonly string[], b: readonly string[]): string[] {
  const [inA, inB] = [new Set(a), new Set(b)];
  const only = [
    ...a.filter((line) => !inB.has(line)).map((line) => `- ${line}`),
    ...b.filter((line) => !inA.has(line)).map((line) => `+ ${line}`),
  ];
  if (only.length === 0 && a.length !== b.length) return ['the same lines, but not as often'];
  return only.slice(0, 4);
}
