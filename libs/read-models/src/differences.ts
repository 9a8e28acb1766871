import { same } from '#libs/domain';
import type { DescriptionForm } from './read-form.js';

/** A field that changed, named as in revisions: `location.point`, `original.event_clarity`. */
export interface FieldChange {
  field: string;
  from: unknown;
  to: unknown;
}

type Fields = Map<string, unknown>;

function addFigures(fields: Fields, casualties: DescriptionForm['casualties']): void {
  const { policy: _, ...byIndicator } = casualties;
  for (const [indicator, table] of Object.entries(byIndicator)) {
    if (typeof table !== 'object') continue;
    for (const [population, figures] of Object.entries(table))
      for (const [name, value] of Object.entries(figures)) {
        // `all` is what figures are about unless said otherwise: casualties.killed.best.
        const group = population === 'all' ? indicator : `${indicator}.${population}`;
        fields.set(`casualties.${group}.${name}`, value);
      }
  }
}

function addDatasets(fields: Fields, datasets: DescriptionForm['datasets']): void {
  for (const { dataset, original, ...row } of datasets) {
    for (const [name, value] of Object.entries(row))
      fields.set(`datasets.${dataset}.${name}`, value);
    // One dataset's incident is nobody else's (its id is made from the dataset's name).
    for (const [column, value] of Object.entries(original)) fields.set(`original.${column}`, value);
  }
}

/** The read form as fields that change as one: a claim, a point, the actors. */
function fieldsOf(form: DescriptionForm): Fields {
  const { occurred, location, casualties, claims, evidence, links, datasets, ...plain } = form;
  const fields: Fields = new Map(Object.entries(plain));
  for (const [name, value] of Object.entries(occurred)) fields.set(`occurred.${name}`, value);
  for (const [name, value] of Object.entries(location)) fields.set(`location.${name}`, value);
  addFigures(fields, casualties);
  for (const claim of claims) fields.set(`claims.${claim.id}`, claim);
  for (const item of evidence) fields.set(`evidence.${item['sha256'] ?? ''}`, item);
  for (const { relation, to } of links) fields.set(`links.${relation}.${to}`, to);
  addDatasets(fields, datasets);
  return fields;
}

/** What differs between two read forms, in the order of the form; what is not there is null. */
export function differences(before: DescriptionForm, after: DescriptionForm): FieldChange[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const changes: FieldChange[] = [];
  for (const field of new Set([...old.keys(), ...now.keys()])) {
    const [from, to] = [old.get(field) ?? null, now.get(field) ?? null];
    if (!same(from, to)) changes.push({ field, from, to });
  }
  return changes;
}
