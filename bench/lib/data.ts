import { existsSync } from 'node:fs';
import path from 'node:path';
import { incidentIdOf, newId, parseCommand } from '#libs/contracts';
import type { CommandOf } from '#libs/domain';
import { ucdpGed } from '#libs/importers';
import { readEnvironment } from '#libs/platform';
import type { CommandRequest } from '#libs/recording';
import { generateGed } from './generate-ged.js';
import { ROOT } from './machine.js';

const LOAD_FILE = 'ucdp/ged_global_14col_176k.csv.gz';
export const REPORTED_AT = '2021-06-01';
export const CALLER = 'bench';

export interface DataFile {
  path: string;
  /** For the notes of a result. */
  description: string;
}

/** The published load-test file, or a generated one of the same shape when it is not there. */
export async function loadFile(workDirectory: string): Promise<DataFile> {
  const folder = readEnvironment(ROOT).LEDGER_TEST_DATA ?? path.resolve(ROOT, '../shared/data');
  const published = path.join(folder, LOAD_FILE);
  if (existsSync(published))
    return { path: published, description: 'UCDP GED 21.1, 14 columns, 176,579 rows' };
  const generated = path.join(workDirectory, 'generated.csv.gz');
  if (!existsSync(generated)) await generateGed(generated);
  return {
    path: generated,
    description: 'a generated file of the shape of UCDP GED 21.1 (the published one was not found)',
  };
}

/** The first rows of the load file as the commands that an import sends, checked by the schemas. */
export async function importRows(file: DataFile, rows: number): Promise<CommandRequest[]> {
  const importId = newId();
  const dataset = 'ged-load';
  const requests: CommandRequest[] = [];
  const source = { path: file.path, name: path.basename(file.path) };
  for await (const item of ucdpGed.read(source, { reportedAt: REPORTED_AT })) {
    if (item.kind === 'reject') continue;
    const { reportedAt = REPORTED_AT, ...row } = item.row;
    const data = { ...row, dataset, edition: '21.1', importId, reportedAt };
    const parsed = parseCommand('import-row', data);
    if (!parsed.ok) throw new Error(`row ${row.externalId}: ${parsed.issues[0]?.message ?? ''}`);
    requests.push({
      command: parsed.command,
      streamId: incidentIdOf(dataset, row.externalId),
      caller: CALLER,
      role: 'recorder',
      key: `${importId}/${String(item.record)}`,
      correlationId: importId,
    });
    if (requests.length === rows) break;
  }
  return requests;
}

/** `streams` incidents with `events` events each: a report, then claims about it, in stream order. */
export function reportsWithClaims(streams: number, events: number): CommandRequest[][] {
  return Array.from({ length: streams }, (_, s) => {
    const streamId = incidentIdOf('bench-claims', String(s));
    const request = (i: number, command: CommandRequest['command']): CommandRequest => ({
      command,
      streamId,
      caller: CALLER,
      role: 'recorder',
      key: `claims-${String(i)}`,
      correlationId: streamId,
    });
    return [
      request(0, report(s)),
      ...Array.from({ length: events - 1 }, (_, i) => request(i + 1, claim(i))),
    ];
  });
}

function report(n: number): CommandOf<'report'> {
  const parsed = parseCommand('report', {
    kind: 'drone_attack',
    title: `Drone attack ${String(n)}`,
    reportedAt: '2024-11-10',
    occurred: { start: '2024-11-10', precision: 'day' },
    location: { country: 'UA', region: 'UA-51', regionName: 'Odeska oblast', precision: 'region' },
    actors: [{ name: 'Russia', role: 'initiator' }],
    description: 'Drones were heard over the city; the air defence was at work until the morning.',
    claims: [claimData(n)],
  });
  if (!parsed.ok) throw new Error('not a report');
  return parsed.command as CommandOf<'report'>;
}

function claimData(n: number): object {
  return {
    asserts: 'casualties',
    indicator: 'killed',
    source: { name: `Agency ${String(n % 7)}`, type: 'media', url: 'https://example.org/news/1' },
    text: 'The regional administration says that people were killed; rescue work goes on.',
    reportedAt: '2024-11-10',
    low: n % 9,
    best: 9,
    high: 20 + (n % 5),
  };
}

function claim(n: number): CommandOf<'record-claim'> {
  const parsed = parseCommand('record-claim', claimData(n));
  if (!parsed.ok) throw new Error('not a claim');
  return parsed.command as CommandOf<'record-claim'>;
}
