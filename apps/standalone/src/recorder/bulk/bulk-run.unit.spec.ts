import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { Answer, CommandRequest } from '#libs/recording';
import { BulkRun } from './bulk-run.js';

const CALLER = { caller: 'local', role: 'recorder', correlationId: 'test' };
const ID = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

function line(incident: number, key: string): string {
  return JSON.stringify({
    command: 'reopen',
    incidentId: ID(incident),
    idempotencyKey: key,
    data: {},
  });
}

function accepted({ streamId }: CommandRequest): Answer {
  const receipt = { streamId, version: 1, position: '0:1', events: [], replayed: false };
  return { kind: 'accepted', receipt };
}

interface Taken {
  request: CommandRequest;
  answer: (answer: Answer) => void;
}

/** A writer whose answers the test gives, and a client that takes them in. */
function harness(options: { slowClient?: boolean } = {}) {
  const taken: Taken[] = [];
  let waiting: (() => void)[] = [];
  let text = '';
  let release: (() => void) | undefined;
  const sink = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8');
      if (options.slowClient) release = done;
      else done();
    },
  });
  const target = {
    ledgerId: ID(0),
    submit: (request: CommandRequest) =>
      new Promise<Answer>((answer) => {
        taken.push({ request, answer });
        for (const wake of waiting) wake();
        waiting = [];
      }),
    room: () => Promise.resolve(),
  };
  return {
    taken,
    run: (lines: readonly string[]) => new BulkRun(target, CALLER, sink).run(source(lines)),
    /** Resolves when so many commands have been handed over. */
    handedOver: async (count: number): Promise<void> => {
      while (taken.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    answers: () =>
      text
        .split('\n')
        .filter((l) => l !== '')
        .map((l) => JSON.parse(l) as { line: number; status: number }),
    release: () => release?.(),
    hangUp: () => sink.destroy(),
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- a source is asynchronous
async function* source(lines: readonly string[]): AsyncGenerator<Buffer> {
  for (const l of lines) yield Buffer.from(`${l}\n`);
}

describe('BulkRun', () => {
  it('writes answers in the order of the lines, whatever the order they come in', async () => {
    const h = harness();
    const run = h.run([line(1, 'a'), line(2, 'b'), 'no JSON', line(3, 'c')]);
    await h.handedOver(3);
    for (const { request, answer } of [...h.taken].reverse()) answer(accepted(request));
    await run;
    expect(h.answers().map((a) => [a.line, a.status])).toEqual([
      [1, 200],
      [2, 200],
      [3, 400],
      [4, 200],
    ]);
  });

  it('hands a line over only when the line before it about the same incident is answered', async () => {
    const h = harness();
    const run = h.run([line(1, 'a'), line(1, 'b'), line(2, 'c')]);
    await h.handedOver(2);
    expect(h.taken.map((t) => t.request.key)).toEqual(['a', 'c']);
    for (const { request, answer } of h.taken) answer(accepted(request));
    await h.handedOver(3);
    const last = h.taken[2];
    last?.answer(accepted(last.request));
    await run;
    expect(h.answers().map((a) => a.line)).toEqual([1, 2, 3]);
  });

  it('after a 503, later lines about that incident get 503 too, and others do not', async () => {
    const h = harness();
    const run = h.run([line(1, 'a'), line(1, 'b'), line(2, 'c'), line(1, 'd')]);
    await h.handedOver(2);
    h.taken[0]?.answer({ kind: 'unavailable', detail: 'Reopening.', retryAfterSeconds: 1 });
    const other = h.taken[1];
    other?.answer(accepted(other.request));
    await run;
    expect(h.taken).toHaveLength(2);
    expect(h.answers().map((a) => a.status)).toEqual([503, 503, 200, 503]);
  });

  it('stops reading while too many lines are under way', async () => {
    const h = harness();
    const run = h.run(Array.from({ length: 5_000 }, (_, i) => line(i, String(i))));
    await h.handedOver(2_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(h.taken).toHaveLength(2_000);
    for (let i = 0; i < 5_000; i += 1) {
      await h.handedOver(i + 1);
      const next = h.taken[i];
      next?.answer(accepted(next.request));
    }
    await run;
    expect(h.answers()).toHaveLength(5_000);
  });

  it('stops reading while the client does not take its answers, and ends when it hangs up', async () => {
    const h = harness({ slowClient: true });
    const run = h.run(Array.from({ length: 10 }, (_, i) => line(i, String(i))));
    await h.handedOver(1);
    const first = h.taken[0];
    first?.answer(accepted(first.request));
    await h.handedOver(10);
    h.hangUp();
    await run;
    expect(h.answers().length).toBeLessThan(10);
  });
});
