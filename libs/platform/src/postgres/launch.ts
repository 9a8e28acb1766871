import path from 'node:path';
import { freePort, prepareCluster, SETTINGS, urlOf } from './cluster.js';
import { isPostmasterOf, readPidFile, spawnPostmaster, stopPostmaster } from './postmaster.js';

/** Stops a Postgres that a killed process left in `dir`; does nothing when there is none. */
export async function stopLeftoverPostgres(dir: string): Promise<void> {
  const data = path.join(dir, 'data');
  const found = readPidFile(data);
  if (found && isPostmasterOf(found.pid, data)) await stopPostmaster(found.pid);
}

/**
 * Starts a Postgres that outlives this process: nobody watches it and the caller must have it
 * stopped. For tests, where several processes share one.
 */
export async function launchPostgres(options: {
  dir: string;
  sync?: boolean;
  settings?: Readonly<Record<string, string>>;
}): Promise<{ url: string; pid: number; data: string }> {
  const cluster = await prepareCluster(options.dir, { sync: options.sync ?? true });
  const port = await freePort();
  const { pid } = await spawnPostmaster({
    program: cluster.binaries.postgres,
    data: cluster.data,
    logFile: cluster.logFile,
    runAs: cluster.runAs,
    settings: { ...SETTINGS, ...options.settings },
    port,
  });
  return { url: urlOf(cluster, port, 'postgres'), pid, data: cluster.data };
}
