import type { EventDataByType, EventName } from '#libs/domain';
import type { z } from 'zod';
import { eventDataSchemas } from './schemas/events.js';

/** A version of an event's data that is still in somebody's log. */
export interface OldVersion {
  schema: z.ZodType;
  /** Turns data of this version into that of the next. */
  upcast: (data: unknown) => unknown;
}

export interface EventDefinition {
  /** The version that is written; versions count from 1. */
  version: number;
  schema: z.ZodType;
  /** Every version ever written before, by its number. */
  old: Readonly<Record<number, OldVersion>>;
}

export type Registry = Readonly<Record<string, EventDefinition>>;

function written(type: EventName): EventDefinition {
  return { version: 1, schema: eventDataSchemas[type], old: {} };
}

const types = Object.keys(eventDataSchemas) as EventName[];

/** Every event type with the versions ever written of it. Old versions are added, never removed. */
export const registry = Object.fromEntries(types.map((type) => [type, written(type)])) as Record<
  EventName,
  EventDefinition
>;

/** Brings data of an older version up to the one in use. Undefined: nobody knows that version. */
export function upcast(
  definition: EventDefinition,
  version: number,
  data: unknown,
): EventDataByType[EventName] | undefined {
  let current = data;
  for (let v = version; v < definition.version; v += 1) {
    const old = definition.old[v];
    if (!old) return undefined;
    current = old.upcast(current);
  }
  return version > definition.version || version < 1
    ? undefined
    : (current as EventDataByType[EventName]);
}
