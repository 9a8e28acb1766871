import path from 'node:path';
import fc from 'fast-check';
import type { EmbeddedLog } from '#libs/event-log';
import { type AddressedCommand, arbitraryCommand, INCIDENT_POOL } from '#libs/testing';
import { openRecorder } from '../recorder.js';
import type { Answer, CommandRequest, Recorder } from '../types.js';
import {
  type Durable,
  type Fault,
  FAULTS,
  faultyStore,
  FaultyLog,
  type Life,
  Schedule,
} from './faulty.js';

const TRIES = 80;
const CLOCK = Date.parse('2024-11-12T08:00:00Z');

interface ScenarioCommand extends AddressedCommand {
  expectedVersion: number | undefined;
  /** Sent twice at a time, as by an impatient client. */
  twice: boolean;
}

export interface Scenario {
  clients: ScenarioCommand[][];
  appends: Fault[];
  commits: Fault[];
  openings: Fault[];
  readings: Fault[];
  storeReads: Fault[];
  /** After how many answers the process dies, each time. */
  crashes: number[];
  /** How far the clock moves from one look at it to the next, in ms, in turn. */
  ticks: number[];
}

const faults = (maxLength: number, quiet = 2): fc.Arbitrary<Fault[]> =>
  fc.array(
    fc.oneof(
      { weight: quiet, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: fc.constantFrom(...FAULTS) },
    ),
    { maxLength },
  );

const scenarioCommand: fc.Arbitrary<ScenarioCommand> = fc
  .tuple(
    arbitraryCommand,
    fc.option(fc.nat({ max: 4 }), { nil: undefined, freq: 2 }),
    fc.nat({ max: 4 }).map((n) => n === 4),
  )
  .map(([addressed, expectedVersion, twice]) => ({ ...addressed, expectedVersion, twice }));

export const arbitraryScenario: fc.Arbitrary<Scenario> = fc.record({
  clients: fc.array(fc.array(scenarioCommand, { minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 5,
  }),
  appends: faults(12),
  commits: faults(10),
  openings: faults(16, 6),
  readings: faults(16, 6),
  storeReads: faults(60, 20),
  crashes: fc.array(fc.nat({ max: 12 }), { maxLength: 2 }),
  ticks: fc.array(fc.integer({ min: -8_000, max: 9_000 }), { maxLength: 8 }),
});

export interface Sent {
  request: CommandRequest;
  answers: Answer[];
}

export interface Played {
  sent: Sent[];
  /** What was told beyond what was on disk when it was told, or behind it when it was asked. */
  outOfStep: string[];
}

/** The version that an answer tells, of its stream. */
function toldVersion(answer: Answer): number | undefined {
  if (answer.kind === 'accepted') return answer.receipt.version;
  return answer.kind === 'rejected' || answer.kind === 'conflict' ? answer.version : undefined;
}

/** Plays a scenario to its end: each client sends in order, again with the same key on 503. */
export async function play(log: EmbeddedLog, dir: string, s: Scenario): Promise<Played> {
  const durable: Durable = new Map();
  const logFaults = {
    appends: new Schedule(s.appends),
    openings: new Schedule(s.openings),
    readings: new Schedule(s.readings),
  };
  const storeFaults = { commits: new Schedule(s.commits), reads: new Schedule(s.storeReads) };
  const process: { life: Life; recorder: Promise<Recorder> | undefined } = {
    life: { alive: true },
    recorder: undefined,
  };
  let now = CLOCK;
  let looks = 0;
  const clock = (): number => (now += s.ticks[looks++ % 40] ?? 60);
  const start = async (): Promise<Recorder> => {
    process.life.alive = false;
    const life: Life = (process.life = { alive: true });
    for (;;)
      try {
        return await openRecorder({
          log: new FaultyLog(log, logFaults, life, durable),
          dir: path.join(dir, 'states'),
          clock,
          appendTimeoutMs: 5,
          wrapStore: (store) => faultyStore(store, storeFaults, life),
        });
      } catch (error) {
        if (!/injected|in time|went on|thrown away|another writer/.test(String(error))) throw error;
        // Another one was started meanwhile: it is the one that serves.
        if (process.life !== life) return current();
      }
  };
  const current = (): Promise<Recorder> => (process.recorder ??= start());
  const crashes = [...s.crashes];
  let answered = 0;
  const sent: Sent[] = [];
  const outOfStep: string[] = [];
  const submit = async (one: Sent): Promise<Answer> => {
    const onDisk = (): number => durable.get(one.request.streamId) ?? 0;
    const recorder = await current();
    const asked = onDisk();
    const answer = await recorder.submit(one.request);
    one.answers.push(answer);
    const version = toldVersion(answer);
    if (version === undefined) return answer;
    const wrote = answer.kind === 'accepted' && answer.receipt.events.length > 0;
    if (version > onDisk() || (!wrote && version < asked))
      outOfStep.push(`${JSON.stringify(answer)} of ${String(asked)} to ${String(onDisk())} events`);
    return answer;
  };
  await Promise.all(
    s.clients.map(async (commands, client) => {
      for (const [i, { incident, command, expectedVersion, twice }] of commands.entries()) {
        const request: CommandRequest = {
          command,
          streamId: INCIDENT_POOL[incident] ?? '',
          caller: `client-${String(client)}`,
          role: 'recorder',
          key: `key-${String(i)}`,
          correlationId: 'test',
          ...(expectedVersion !== undefined && { expectedVersion }),
        };
        const one: Sent = { request, answers: [] };
        sent.push(one);
        for (let tries = 0; tries < TRIES; tries += 1) {
          const answers = await Promise.all((twice ? [1, 2] : [1]).map(() => submit(one)));
          answered += 1;
          if (answered > (crashes[0] ?? Infinity)) {
            crashes.shift();
            answered = 0;
            // The old one dies as it is, with commands under way.
            process.recorder = start();
          }
          if (answers.every(({ kind }) => kind !== 'unavailable')) break;
        }
      }
    }),
  );
  // Once more with every key: the answer must be the same.
  for (const one of sent) {
    const final = one.answers.at(-1);
    if (final?.kind === 'accepted' && final.receipt.events.length > 0)
      for (let tries = 0; tries < TRIES; tries += 1)
        if ((await submit(one)).kind !== 'unavailable') break;
  }
  const recorder = await current();
  await recorder.close();
  return { sent, outOfStep };
}
