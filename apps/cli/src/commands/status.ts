import type { Command } from 'commander';
import { loadConfig } from '#libs/platform';
import type { ReadModelsStatus } from '#libs/read-models';
import { getJson, type ServiceOptions, targetOf } from '../service-client.js';
import { columns, print } from '../terminal/output.js';
import { serviceCommand } from './common.js';

/** What `GET /v1/status` answers, as far as it is shown. */
interface Status {
  status: string;
  reasons: string[];
  ledgerId: string;
  home: string;
  writers: { partition: number; state: string; queued: number }[];
  projections: { partition: number; state: string; offset: string | null; lagging: boolean }[];
  readModels: ReadModelsStatus | null;
}

export function statusCommand(): Command {
  return serviceCommand('status', 'show log, projections with lag, imports and sources').action(
    async (flags: ServiceOptions & { json?: true }) => {
      const target = targetOf(flags, loadConfig());
      const status = await getJson<Status>(target, '/v1/status');
      print({ json: status, text: textOf(status) }, flags.json === true);
    },
  );
}

function textOf(status: Status): string {
  const { readModels } = status;
  const partitions = status.writers.map(({ partition, state, queued }) => {
    const projection = status.projections.find((p) => p.partition === partition);
    const behind = projection?.lagging === true ? 'behind' : 'up to date';
    const projected = projection?.state === 'running' ? behind : (projection?.state ?? '');
    return [partition, state, queued, projection?.offset ?? '-', projected];
  });
  return [
    `ledger ${status.ledgerId} in ${status.home}: ${status.status}`,
    ...status.reasons.map((reason) => `  ${reason}`),
    '',
    columns([['partition', 'writer', 'queued', 'projected to', 'queries'], ...partitions]),
    ...(readModels ? readModelsText(readModels) : ['', 'Postgres is away: no more can be told.']),
  ].join('\n');
}

function readModelsText(models: ReadModelsStatus): string[] {
  const section = (title: string, rows: (string | number)[][]): string[] =>
    rows.length === 0 ? [] : ['', title, columns(rows)];
  return [
    ...(models.deadLetters === 0 ? [] : ['', `dead letters: ${String(models.deadLetters)} events`]),
    ...section(
      'imports that are not completed',
      models.runningImports.map((r) => [r.importId, r.dataset, r.edition, `since ${r.startedAt}`]),
    ),
    ...section(
      'datasets',
      models.datasets.map((d) => [
        d.dataset,
        d.incidents,
        d.edition === null ? 'no edition completed' : `edition ${d.edition}`,
        d.importedAt ?? '',
      ]),
    ),
    ...section(
      'sources',
      models.sources.map((s) => [s.name, s.type, s.claims, `last ${s.lastReportedAt}`]),
    ),
  ];
}
