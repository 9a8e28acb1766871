import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommandDataByName } from '#libs/domain';
import { v5 } from 'uuid';

/** Namespace of the ids of samples' incidents: the same in every ledger. */
const SAMPLES = '0b6f1c1e-64a4-5d0f-8a43-2a1e3a1f7c55';

/** An incident of a sample as it is written down; `name` stands for its id. */
interface SampleIncident {
  name: string;
  report: CommandDataByName['report'];
  responses?: CommandDataByName['respond-to-claim'][];
  links?: { relation: string; to: string; note?: string }[];
}

/** A line of `POST /v1/commands`. */
export interface SampleLine {
  command: 'report' | 'respond-to-claim' | 'link';
  incidentId: string;
  idempotencyKey: string;
  data: unknown;
}

/** What came of a line, as far as it matters here. */
export interface SampleAnswer {
  status: number;
  receipt?: { replayed: boolean };
  problem?: { code: string; detail?: string; title?: string };
}

/** The sample is not there, or the ledger would not take it. */
export class SampleError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: 'sample-unknown' | 'sample-refused',
    message: string,
  ) {
    super(message);
    this.name = 'SampleError';
  }
}

/** The id of a sample's incident. */
export function sampleIncidentId(sample: string, name: string): string {
  return v5(`${sample}/${name}`, SAMPLES);
}

/** The project's `samples` folder: beside the sources, and above the built files too. */
function samplesFolder(): string {
  for (let dir = import.meta.dirname; dir !== dirname(dir); dir = dirname(dir))
    if (existsSync(join(dir, 'samples', 'README.md'))) return join(dir, 'samples');
  throw new SampleError('sample-unknown', 'The folder with the samples is not there.');
}

/** The commands of a sample, in the order in which they are to be recorded. */
export function sampleLines(sample: string): SampleLine[] {
  const file = join(samplesFolder(), sample, 'incidents.json');
  if (!/^[\w-]+$/.test(sample) || !existsSync(file))
    throw new SampleError('sample-unknown', `There is no sample ${sample}.`);
  const incidents = JSON.parse(readFileSync(file, 'utf8')) as SampleIncident[];
  const lines: SampleLine[] = [];
  const add = (name: string, command: SampleLine['command'], key: string, data: unknown): void => {
    const incidentId = sampleIncidentId(sample, name);
    lines.push({ command, incidentId, idempotencyKey: `sample/${sample}/${name}/${key}`, data });
  };
  for (const { name, report } of incidents) add(name, 'report', 'report', report);
  for (const { name, report, responses = [], links = [] } of incidents) {
    for (const response of responses)
      add(name, 'respond-to-claim', `response/${response.id ?? ''}`, response);
    for (const { to, ...link } of links)
      add(name, 'link', `link/${link.relation}/${to}`, {
        ...link,
        to: sampleIncidentId(sample, to),
        reportedAt: report.reportedAt,
      });
  }
  return lines;
}

/** Refusals which say that what is to be recorded is recorded. */
const THERE = new Set([
  'incident-exists',
  'incident-merged',
  'response-exists',
  'claim-withdrawn',
  'link-exists',
]);

/**
 * Loads a bundled sample. Loading it twice changes nothing: ids and keys are fixed.
 * @param post sends the lines as `POST /v1/commands` would, and resolves with an answer for each
 * @returns how many commands were recorded now, and how many had been before
 * @throws SampleError when there is no such sample, or a line of it is refused
 */
export async function loadSample(
  sample: string,
  post: (lines: readonly SampleLine[]) => Promise<readonly SampleAnswer[]>,
): Promise<{ recorded: number; already: number }> {
  const lines = sampleLines(sample);
  const answers = await post(lines);
  let recorded = 0;
  for (const [i, line] of lines.entries()) {
    const answer = answers[i];
    if (answer?.receipt) recorded += answer.receipt.replayed ? 0 : 1;
    else if (!THERE.has(answer?.problem?.code ?? '')) {
      const why = answer?.problem?.detail ?? answer?.problem?.title ?? 'no answer';
      throw new SampleError('sample-refused', `${line.idempotencyKey} was refused: ${why}`);
    }
  }
  return { recorded, already: lines.length - recorded };
}
