import { z } from 'zod';
import { schemaUrn } from './codec.js';
import { registry } from './registry.js';

export interface EventSchemaEntry {
  /** The event's name without prefix, e.g. `incident.reported`. */
  type: string;
  version: number;
  current: boolean;
}

const extension = z.string();
const hex = z.string().regex(/^[0-9a-f]{64}$/);

/** JSON Schema 2020-12 of an event version as it stands in the log; undefined if there is none. */
export function eventJsonSchema(type: string, version: number): object | undefined {
  const definition = Object.hasOwn(registry, type)
    ? registry[type as keyof typeof registry]
    : undefined;
  const data =
    version === definition?.version ? definition.schema : definition?.old[version]?.schema;
  if (!data) return undefined;
  // Loose: readers keep and hash extension attributes that they do not know.
  const envelope = z.looseObject({
    specversion: z.literal('1.0'),
    id: z.uuid(),
    source: z.string(),
    type: z.literal(`conflict.${type}`),
    subject: z.string(),
    time: z.iso.datetime(),
    datacontenttype: z.literal('application/json'),
    dataschema: z.literal(schemaUrn(type, version)),
    streamversion: z.int().min(1),
    recordedby: extension,
    recordedbyrole: extension,
    causationid: extension,
    commandhash: hex,
    correlationid: extension,
    prevhash: hex,
    hash: hex,
    traceparent: extension.exactOptional(),
    tracestate: extension.exactOptional(),
    data,
  });
  return {
    $id: schemaUrn(type, version),
    title: `conflict.${type}, version ${String(version)}`,
    ...z.toJSONSchema(envelope, { target: 'draft-2020-12', io: 'output' }),
  };
}

/** Every event version that this build knows. */
export function eventSchemaEntries(): EventSchemaEntry[] {
  return Object.entries(registry).flatMap(([type, { version, old }]) => [
    ...Object.keys(old).map((v) => ({ type, version: Number(v), current: false })),
    { type, version, current: true },
  ]);
}
