import { spawn } from 'node:child_process';
import path from 'node:path';
import { cpuOf, cpuOfPostgres } from '../lib/cpu.js';
import { drive, HttpClient, type Load } from '../lib/http-load.js';
import { ROOT } from '../lib/machine.js';
import { median, percentile, progress } from '../lib/measure.js';
import { answers, end, freePort, startService } from '../lib/service.js';
import type { SuiteContext } from './suite.js';

const CLIENTS = [1, 16, 128];
const ROUNDS = 3;
const VISIBLE = 400;
/** Requests per round: enough for a p99, at the pace of one client and of many. */
const requestsFor = (clients: number): number => (clients === 1 ? 800 : 4_000);

let made = 0;
function report(): string {
  made += 1;
  return JSON.stringify({
    kind: 'drone_attack',
    title: `Drone attack ${String(made)}`,
    reportedAt: '2024-11-10',
    occurred: { start: '2024-11-10', precision: 'day' },
    location: { country: 'UA', region: 'UA-51', precision: 'region' },
    claims: [
      {
        asserts: 'casualties',
        indicator: 'killed',
        low: 1,
        best: 2,
        source: { name: 'Regional administration', type: 'official' },
        reportedAt: '2024-11-10',
      },
    ],
  });
}

/** Reports by so many clients; every one must be answered 201. */
async function measure(url: string, clients: number): Promise<Load> {
  const client = new HttpClient(url, clients);
  const send = async (): Promise<void> => {
    const { status, body } = await client.request('POST', '/v1/incidents', report());
    if (status !== 201) throw new Error(`answered ${String(status)}: ${body.slice(0, 500)}`);
  };
  try {
    return await drive(clients, requestsFor(clients), send);
  } finally {
    client.close();
  }
}

/** From sending a report to the answer of a query that shows it, in ms. */
async function writeToVisible(url: string): Promise<number[]> {
  const client = new HttpClient(url, 1);
  const taken: number[] = [];
  try {
    for (let i = 0; i < VISIBLE; i += 1) {
      const started = performance.now();
      const written = await client.request('POST', '/v1/incidents', report());
      const { incidentId, position } = JSON.parse(written.body) as Record<string, string>;
      const read = await client.request(
        'GET',
        `/v1/incidents/${incidentId ?? ''}?after=${position ?? ''}`,
      );
      taken.push(performance.now() - started);
      if (read.status !== 200) throw new Error(`not visible: ${String(read.status)} ${read.body}`);
    }
  } finally {
    client.close();
  }
  return taken;
}

async function startBareRoute(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [...process.execArgv, path.join(ROOT, 'bench/lib/bare-route.ts'), String(port)],
    { cwd: ROOT, stdio: ['ignore', 'ignore', 2] },
  );
  const url = `http://127.0.0.1:${String(port)}`;
  await answers(`${url}/health/ready`, child);
  return { url, stop: () => end(child) };
}

/** Single commands over HTTP, durable when answered, against a bare route; and until visible. */
export async function singleCommands({ work, figures, profileDir }: SuiteContext): Promise<void> {
  const home = work.fresh('home');
  const service = await startService(home, profileDir);
  const bare = await startBareRoute();
  try {
    await measure(service.url, 16);
    await measure(bare.url, 16);
    for (const clients of CLIENTS) {
      const [ours, least]: [Load[], Load[]] = [[], []];
      const cpu = { service: 0, postgres: 0 };
      for (let round = 0; round < ROUNDS; round += 1) {
        const before = { service: cpuOf(service.pid), postgres: cpuOfPostgres(home) };
        ours.push(await measure(service.url, clients));
        cpu.service += cpuOf(service.pid) - before.service;
        cpu.postgres += cpuOfPostgres(home) - before.postgres;
        least.push(await measure(bare.url, clients));
      }
      const workload = `report an incident, ${String(clients)} client${clients === 1 ? '' : 's'}`;
      const rates = [ours, least].map((loads) => median(loads.map((l) => l.rate)));
      const at = (loads: Load[], p: number): number =>
        median(loads.map((l) => percentile(l.latencies, p)));
      figures.add(workload, 'rate', 'commands/s', rates[0] ?? 0, rates[1]);
      figures.add(workload, 'p50', 'ms', at(ours, 50), at(least, 50));
      const p99 = { workload, metric: 'p99', unit: 'ms', value: at(ours, 99) };
      if (clients === 16) figures.value({ ...p99, baseline: at(least, 99) }, { atMost: 15 });
      else figures.add(workload, 'p99', 'ms', p99.value, at(least, 99));
      const commands = ROUNDS * requestsFor(clients);
      for (const [process, seconds] of Object.entries(cpu))
        figures.add(workload, `CPU of ${process}`, 'ms/command', (seconds * 1_000) / commands);
      progress(`${workload}: ${(rates[0] ?? 0).toFixed(0)}/s, p99 ${p99.value.toFixed(1)} ms`);
    }
    const taken = await writeToVisible(service.url);
    const workload = 'report, then read it with ?after=';
    figures.add(workload, 'p50', 'ms', percentile(taken, 50));
    figures.value(
      { workload, metric: 'p99', unit: 'ms', value: percentile(taken, 99) },
      { atMost: 100 },
    );
    figures.note(
      `medians of ${String(ROUNDS)} rounds; the clients run in one process beside the service; the ` +
        'baseline is a bare Fastify route with the same validation; visible: from sending the report to the answer of the query; CPU includes projecting what was written',
    );
  } finally {
    await bare.stop();
    await service.stop();
  }
}
