import path from 'node:path';
import { decodeEvent } from '#libs/contracts';
import { openEmbeddedLog } from '#libs/event-log';
import { startEmbeddedPostgres } from '#libs/platform';
import type { CommandRequest } from '#libs/recording';
import { importRows, loadFile, reportsWithClaims } from '../lib/data.js';
import { installedVersion } from '../lib/machine.js';
import { cost, median, progress } from '../lib/measure.js';
import { openPeer, type PeerStore } from '../lib/peer.js';
import { recordAll } from './append.js';
import type { SuiteContext } from './suite.js';

const WRITERS = 16;
const ROUNDS = 5;
const ROWS = 10_000;
const STREAMS = 100;
const EVENTS_PER_STREAM = 100;

interface PeerStream {
  name: string;
  events: { type: string; data: object }[];
}

/** The events of a log by stream, as the peer takes them: type and data. */
async function streamsOf(logDir: string): Promise<PeerStream[]> {
  const log = openEmbeddedLog({ dir: logDir, readOnly: true });
  const streams = new Map<string, PeerStream>();
  for (let partition = 0; partition < log.partitions; partition += 1)
    for await (const batch of log.read(partition, 'beginning'))
      for (const { bytes } of batch.events) {
        const { subject, type, data } = decodeEvent(bytes);
        if (type === 'ledger.created') continue;
        const stream = streams.get(subject) ?? { name: subject, events: [] };
        streams.set(subject, stream);
        stream.events.push({ type, data });
      }
  await log.close();
  return [...streams.values()];
}

let rounds = 0;
/** Every stream in one append, by so many writers at a time; gives events per second. */
async function appendToPeer(store: PeerStore, streams: readonly PeerStream[]): Promise<number> {
  rounds += 1;
  const prefix = `round${String(rounds)}`;
  const events = streams.reduce((sum, stream) => sum + stream.events.length, 0);
  let next = 0;
  const writer = async (): Promise<void> => {
    for (let stream = streams[next++]; stream; stream = streams[next++])
      await store.appendToStream(`${prefix}-${stream.name}`, stream.events, {
        expectedStreamVersion: 'STREAM_DOES_NOT_EXIST',
      });
  };
  const took = await cost(() => Promise.all(Array.from({ length: WRITERS }, writer)));
  return events / took.seconds;
}

interface Workload {
  name: string;
  requests: CommandRequest[];
  target?: { atLeast: number };
}

/** The recording engine against another event store, on the same events and the same Postgres. */
export async function appendPeer({ work, figures }: SuiteContext): Promise<void> {
  const file = await loadFile(work.path);
  const postgres = await startEmbeddedPostgres({ dir: path.join(work.path, 'postgres') });
  const peer = await openPeer(postgres.url, WRITERS);
  const version = installedVersion('bench/peer/node_modules/@event-driven-io/emmett-postgresql');
  figures.note(
    `the peer is @event-driven-io/emmett-postgresql ${version} on the embedded Postgres: a pool of ` +
      `${String(WRITERS)} connections, ${String(WRITERS)} writers, its schema made beforehand, ` +
      'one appendToStream call per stream; it stores type and data, we the whole envelope',
  );
  try {
    const workloads: Workload[] = [
      {
        name: 'import rows, one stream each',
        requests: await importRows(file, ROWS),
        target: { atLeast: 5 },
      },
      {
        name: `${String(EVENTS_PER_STREAM)} events per stream`,
        requests: interleaved(reportsWithClaims(STREAMS, EVENTS_PER_STREAM)),
      },
    ];
    for (const { name, requests, target } of workloads) {
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round <= ROUNDS; round += 1) {
        const { took, logDir } = await recordAll(requests, work.fresh('engine'));
        const rate = await appendToPeer(peer.store, await streamsOf(logDir));
        progress(
          `${name}, round ${String(round)}: engine ${(requests.length / took.seconds).toFixed(0)}/s, peer ${rate.toFixed(0)}/s`,
        );
        if (round === 0) continue;
        ours.push(requests.length / took.seconds);
        theirs.push(rate);
      }
      const figure = {
        workload: name,
        metric: 'rate',
        unit: 'events/s',
        value: median(ours),
        baseline: median(theirs),
      };
      if (target) figures.ratio(figure, target);
      else figures.add(name, figure.metric, figure.unit, figure.value, figure.baseline);
    }
  } finally {
    await peer.close();
    await postgres.stop();
  }
}

/** The first of every stream, then the second of every stream … as many callers at once would. */
function interleaved(streams: readonly CommandRequest[][]): CommandRequest[] {
  const length = Math.max(...streams.map((s) => s.length));
  return Array.from({ length }, (_, i) => streams.flatMap((s) => s[i] ?? [])).flat();
}
