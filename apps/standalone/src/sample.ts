import { Writable } from 'node:stream';
import { loadSample, type SampleAnswer, type SampleLine } from '#libs/importers';
import type { Config } from '#libs/platform';
import type { Recorder } from '#libs/recording';
import type { OpenLedger } from './open-ledger.js';
import { BulkRun } from './recorder/bulk/bulk-run.js';

const CALLER = { caller: 'local', role: 'recorder', correlationId: 'sample' };

/** Loads the configured sample when the ledger holds nothing yet; gives its name when it did. */
export async function loadSampleIfEmpty(
  { sample }: Config,
  ledger: OpenLedger,
): Promise<string | undefined> {
  if (sample === 'none' || !(await isEmpty(ledger))) return undefined;
  await loadSample(sample, (lines) => record(ledger.recorder, lines));
  return sample;
}

/** Whether the log has no event but the ledger's own first one. */
async function isEmpty({ log }: OpenLedger): Promise<boolean> {
  const ends = await log.ends();
  if (ends.some((end, partition) => partition > 0 && end !== null)) return false;
  for await (const { events } of log.read(0, 'beginning', { batchSize: 2 }))
    return events.length <= 1;
  return true;
}

/** As `POST /v1/commands` would take them. */
async function record(recorder: Recorder, lines: readonly SampleLine[]): Promise<SampleAnswer[]> {
  let answers = '';
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      answers += chunk.toString('utf8');
      done();
    },
  });
  const target = {
    ledgerId: recorder.ledgerId,
    submit: (request: Parameters<Recorder['submit']>[0]) => recorder.submit(request),
    room: (streamId: string) => recorder.room(streamId),
  };
  await new BulkRun(target, CALLER, sink).run(bytesOf(lines));
  return answers
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SampleAnswer);
}

// eslint-disable-next-line @typescript-eslint/require-await -- a source is asynchronous
async function* bytesOf(lines: readonly SampleLine[]): AsyncGenerator<Buffer> {
  for (const line of lines) yield Buffer.from(`${JSON.stringify(line)}\n`);
}
