import type { Command } from 'commander';
import { loadConfig } from '#libs/platform';
import type { IncidentHistory } from '#libs/read-models';
import { getJson, type ServiceOptions, targetOf } from '../service-client.js';
import { print } from '../terminal/output.js';
import { serviceCommand } from './common.js';

export function historyCommand(): Command {
  return serviceCommand('history', 'show every change of an incident: who, when, why, what')
    .argument('<id>', "the incident's id")
    .action(async (id: string, flags: ServiceOptions & { json?: true }) => {
      const history = await getJson<IncidentHistory>(
        targetOf(flags, loadConfig()),
        `/v1/incidents/${encodeURIComponent(id)}/history`,
      );
      print({ json: history, text: history.changes.map(textOf).join('\n') }, flags.json === true);
    });
}

function textOf(change: IncidentHistory['changes'][number]): string {
  const from =
    change.edition === null ? '' : ` (${change.dataset ?? ''}, edition ${change.edition})`;
  return [
    `${String(change.version)}  ${change.recordedAt}  ${change.type} by ${change.recordedBy}${from}, reported ${change.reportedAt}`,
    ...(change.reason === null ? [] : [`   ${change.reason}`]),
    ...change.fields.map(
      ({ field, from: before, to }) => `   ${field}: ${shown(before)} -> ${shown(to)}`,
    ),
  ].join('\n');
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
