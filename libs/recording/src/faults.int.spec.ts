import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GENESIS_HASH } from '#libs/contracts';
import { type EmbeddedLog, openEmbeddedLog } from '#libs/event-log';
import { type AddressedCommand, arbitraryCommand, INCIDENT_POOL } from '#libs/testing';
import { openRecorder } from './recorder.js';
import { emptyStream, evolveOn, type Stream } from './stream.js';
import { fastDir } from './testing/fast-dir.js';
import {
  type Fault,
  FAULTS,
  faultyStore,
  FaultyLog,
  type Life,
  Schedule,
} from './testing/faulty.js';
import { type LoggedEvent, readAll } from './testing/read-all.js';
import type { Answer, CommandRequest, Recorder } from './types.js';

const RUNS = 120;
const TRIES = 60;
const CLOCK = Date.parse('2024-11-12T08:00:00Z');

interface Scenario {
  clients: AddressedCommand[][];
  appends: Fault[];
  commits: Fault[];
  openings: Fault[];
  readings: Fault[];
  /** After how many answers the process dies, each time. */
  crashes: number[];
}

const faults = (maxLength: number): fc.Arbitrary<Fault[]> =>
  fc.array(
    fc.oneof(
      { weight: 2, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: fc.constantFrom(...FAULTS) },
    ),
    { maxLength },
  );

const scenario: fc.Arbitrary<Scenario> = fc.record({
  clients: fc.array(fc.array(arbitraryCommand, { minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 5,
  }),
  appends: faults(12),
  commits: faults(10),
  openings: faults(4),
  readings: faults(4),
  crashes: fc.array(fc.nat({ max: 12 }), { maxLength: 2 }),
});

interface Sent {
  request: CommandRequest;
  answers: Answer[];
}

/** Plays a scenario to its end: each client sends in order, again with the same key on 503. */
async function play(log: EmbeddedLog, dir: string, s: Scenario): Promise<Sent[]> {
  const commits = new Schedule(s.commits);
  const [appends, openings, readings] = [s.appends, s.openings, s.readings].map(
    (f) => new Schedule(f),
  ) as [Schedule, Schedule, Schedule];
  let life: Life = { alive: true };
  let now = CLOCK;
  const start = async (): Promise<Recorder> => {
    life.alive = false;
    const own = (life = { alive: true });
    for (;;)
      try {
        return await openRecorder({
          log: new FaultyLog(log, appends, openings, readings, own),
          dir,
          clock: () => (now += 60),
          appendTimeoutMs: 5,
          wrapStore: (store) => faultyStore(store, commits, own),
        });
      } catch (error) {
        if (!/injected|in time|went on/.test(String(error))) throw error;
        if (!own.alive) return recorder;
      }
  };
  let recorder: Promise<Recorder> = start();
  const crashes = [...s.crashes];
  let answered = 0;
  const sent: Sent[] = [];
  await Promise.all(
    s.clients.map(async (commands, client) => {
      for (const [i, { incident, command }] of commands.entries()) {
        const request: CommandRequest = {
          command,
          streamId: INCIDENT_POOL[incident] ?? '',
          caller: `client-${String(client)}`,
          role: 'recorder',
          key: `key-${String(i)}`,
          correlationId: 'test',
        };
        const one: Sent = { request, answers: [] };
        sent.push(one);
        for (let tries = 0; tries < TRIES; tries += 1) {
          const answer = await (await recorder).submit(request);
          one.answers.push(answer);
          answered += 1;
          if (answered > (crashes[0] ?? Infinity)) {
            crashes.shift();
            answered = 0;
            // The old one dies as it is, with commands under way.
            recorder = start();
          }
          if (answer.kind !== 'unavailable') break;
        }
      }
    }),
  );
  // Once more with every key: the answer must be the same.
  for (const one of sent) {
    const final = one.answers.at(-1);
    if (final?.kind === 'accepted' && final.receipt.events.length > 0)
      one.answers.push(await (await recorder).submit(one.request));
  }
  return sent;
}

/** The invariants of `docs`: nothing lost, doubled or invented, whatever went wrong. */
function check(sent: readonly Sent[], logged: readonly LoggedEvent[]): void {
  const byCommand = new Map<string, LoggedEvent[]>();
  const heads = new Map<number, string>();
  const streams = new Map<string, Stream>();
  for (const entry of logged) {
    const { event, partition } = entry;
    expect(event.prevHash).toBe(heads.get(partition) ?? GENESIS_HASH);
    heads.set(partition, event.hash);
    if (event.type === 'ledger.created') continue;
    const key = JSON.stringify([event.subject, event.recordedBy, event.causationId]);
    byCommand.set(key, [...(byCommand.get(key) ?? []), entry]);
    const before = streams.get(event.subject) ?? emptyStream(event.subject);
    expect(event.streamVersion).toBe(before.version + 1);
    streams.set(event.subject, evolveOn(before, event));
  }
  for (const { request, answers } of sent) {
    const key = JSON.stringify([request.streamId, request.caller, request.key]);
    const written = byCommand.get(key) ?? [];
    byCommand.delete(key);
    // A command's events come from one decision: they stand side by side, under one hash.
    expect(new Set(written.map((w) => w.event.commandHash)).size).toBeLessThanOrEqual(1);
    const versions = written.map((w) => w.event.streamVersion);
    expect(versions).toEqual(versions.map((_, i) => (versions[0] ?? 0) + i));
    for (const answer of answers) {
      if (answer.kind !== 'accepted' || answer.receipt.events.length === 0) continue;
      const last = written.at(-1);
      expect(answer.receipt.events.map((e) => e.id)).toEqual(written.map((w) => w.event.id));
      expect(answer.receipt.version).toBe(last?.event.streamVersion);
      expect(answer.receipt.position).toBe(`${String(last?.partition)}:${String(last?.offset)}`);
    }
    const final = answers.at(-1);
    expect(final?.kind).not.toBe('key-reused');
    if (final?.kind === 'rejected' || final?.kind === 'conflict') expect(written).toEqual([]);
    if (final?.kind === 'accepted') expect(written).toHaveLength(final.receipt.events.length);
  }
  expect([...byCommand.keys()]).toEqual([]);
}

describe('a recorder on a log and a store that fail', () => {
  const dir = fastDir('recorder-faults-');
  let run = 0;
  afterAll(() => {
    dir.dispose();
  });

  it('loses, doubles and invents nothing, whatever fails when', async () => {
    let faulted = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async (s) => {
        run += 1;
        faulted += s.appends.filter((f) => f !== 'none').length > 0 ? 1 : 0;
        const at = path.join(dir.path, String(run));
        const log = openEmbeddedLog({ dir: path.join(at, 'log') });
        try {
          const sent = await play(log, path.join(at, 'states'), s);
          check(sent, await readAll(log));
        } finally {
          await log.close();
        }
      }),
      { numRuns: RUNS },
    );
    expect(faulted).toBeGreaterThan(RUNS / 4);
  }, 180_000);
});
