import { z } from 'zod';
import { schemaUrn } from './codec.js';
import { registry } from './registry.js';
import { envelopeSchema } from './schemas/envelope.js';

export interface EventSchemaEntry {
  /** The event's name without prefix, e.g. `incident.reported`. */
  type: string;
  version: number;
  current: boolean;
}

/** JSON Schema 2020-12 of an event version as it stands in the log; undefined if there is none. */
export function eventJsonSchema(type: string, version: number): object | undefined {
  const definition = Object.hasOwn(registry, type)
    ? registry[type as keyof typeof registry]
    : undefined;
  const data =
    version === definition?.version ? definition.schema : definition?.old[version]?.schema;
  if (!data) return undefined;
  const event = envelopeSchema.extend({
    type: z.literal(`conflict.${type}`),
    dataschema: z.literal(schemaUrn(type, version)),
    data,
  });
  return {
    $id: schemaUrn(type, version),
    title: `conflict.${type}, version ${String(version)}`,
    ...z.toJSONSchema(event, { target: 'draft-2020-12', io: 'output' }),
  };
}

/** Every event version that this build knows. */
export function eventSchemaEntries(): EventSchemaEntry[] {
  return Object.entries(registry).flatMap(([type, { version, old }]) => [
    ...Object.keys(old).map((v) => ({ type, version: Number(v), current: false })),
    { type, version, current: true },
  ]);
}
