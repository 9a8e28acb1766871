import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config, Logger } from '#libs/platform';
import { announce } from './announce.js';
import { listenFailure } from './explain.js';
import { openLedger, type OpenLedger } from './open-ledger.js';
import { loadSampleIfEmpty } from './sample.js';

/** Requests under way get this long to end before their connections are cut. */
const DRAIN_MS = 3_000;

/** A service that answers. */
export interface Service {
  /** Where it listens: `http://127.0.0.1:3000`. */
  url: string;
  /** Ends requests, writers, projector and Postgres in order. */
  stop(): Promise<void>;
}

/**
 * Opens the ledger, listens, and loads the sample into an empty ledger.
 * @throws what cannot be opened or listened on, in words that say what to do
 */
export async function startService(config: Config, logger: Logger): Promise<Service> {
  // Nest is loaded while Postgres starts: together they are most of a start's time.
  const [ledger, { createApp }] = await Promise.all([
    openLedger(config, logger),
    import('./create-app.js'),
  ]);
  let app: NestFastifyApplication | undefined;
  try {
    app = await createApp(config, logger, ledger);
    const url = await listen(app, config);
    const sample = await loadSampleIfEmpty(config, ledger);
    announce(config, logger, { url, sample });
    return { url, stop: () => stop(app, ledger) };
  } catch (error) {
    await stop(app, ledger);
    throw error;
  }
}

async function listen(app: NestFastifyApplication, { host, port }: Config): Promise<string> {
  await app.init();
  try {
    // Not Nest's own listen, which logs a failure that we explain.
    await app.getHttpAdapter().getInstance().listen({ port, host });
  } catch (error) {
    throw listenFailure(error, host, port);
  }
  const address = app.getHttpServer().address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(address.port)}`;
}

async function stop(app: NestFastifyApplication | undefined, ledger: OpenLedger): Promise<void> {
  if (app) {
    const cut = setTimeout(() => {
      app.getHttpServer().closeAllConnections();
    }, DRAIN_MS);
    await app.close();
    clearTimeout(cut);
  }
  await ledger.close();
}
