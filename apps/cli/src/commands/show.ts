import type { Command } from 'commander';
import { loadConfig } from '#libs/platform';
import type { IncidentAnswer } from '#libs/read-models';
import { getJson, type ServiceOptions, targetOf } from '../service-client.js';
import { figuresText } from '../terminal/figures.js';
import { print } from '../terminal/output.js';
import { serviceCommand } from './common.js';

interface Flags extends ServiceOptions {
  json?: true;
  asOf?: string;
  knownAt?: string;
}

export function showCommand(): Command {
  return serviceCommand('show', 'show an incident, as it stands or as it stood')
    .argument('<id>', "the incident's id")
    .option('--as-of <time>', 'as recorded by then: an instant, or a date (its end, UTC)')
    .option('--known-at <time>', 'as reported by then')
    .action(async (id: string, flags: Flags) => {
      const query = new URLSearchParams({
        ...(flags.asOf !== undefined && { asOf: flags.asOf }),
        ...(flags.knownAt !== undefined && { knownAt: flags.knownAt }),
      });
      const incident = await getJson<IncidentAnswer>(
        targetOf(flags, loadConfig()),
        `/v1/incidents/${encodeURIComponent(id)}?${query.toString()}`,
      );
      print({ json: incident, text: textOf(incident) }, flags.json === true);
    });
}

function textOf(incident: IncidentAnswer): string {
  const { occurred, location, casualties, claims, datasets, links } = incident;
  const { policy: _, ...figures } = casualties;
  const where = [
    location.name,
    location.communityName,
    location.districtName,
    location.regionName ?? location.region,
    location.country,
    location.point && `${String(location.point.lat)} ${String(location.point.lon)}`,
  ].filter((part) => part !== null);
  const marks = [incident.status, ...(incident.disputed ? ['disputed'] : []), incident.grade];
  return [
    incident.title,
    `  id        ${incident.id}, version ${String(incident.version)}`,
    `  status    ${marks.join(', ')}`,
    ...(incident.mergedInto === null ? [] : [`  merged    into ${incident.mergedInto}`]),
    `  kind      ${incident.kind}`,
    `  occurred  ${occurred.start ?? 'unknown'} to ${occurred.end ?? 'unknown'} (${occurred.span}, ${occurred.precision})`,
    `  place     ${where.length > 0 ? where.join(', ') : 'unknown'} (${location.precision})`,
    ...figuresText(figures as Parameters<typeof figuresText>[0]).map((line) => `  ${line}`),
    ...claims.flatMap((claim) => [
      `  claim ${claim.id}: ${claim.asserts} by ${claim.source.name} (${claim.source.type}), ${claim.reportedAt}${claim.withdrawn ? ', withdrawn' : ''}`,
      ...claim.responses.map((r) => `    ${r.by.name} ${r.stance} it, ${r.reportedAt}`),
    ]),
    ...links.map((link) => `  ${link.relation} ${link.to}`),
    ...datasets.map(
      (d) =>
        `  row ${d.externalId} of ${d.dataset}, edition ${d.edition}${d.listed ? '' : ', not listed now'}`,
    ),
    `  recorded  ${incident.firstRecordedAt} to ${incident.lastRecordedAt}`,
  ].join('\n');
}
