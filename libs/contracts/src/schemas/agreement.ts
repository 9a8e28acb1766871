/**
 * Compile-time proof that the schemas and the domain's types say the same: each is assignable to
 * the other. There is nothing to run here.
 */
import type { CommandDataByName, EventDataByType } from '#libs/domain';
import type { z } from 'zod';
import type { commandSchemas } from './commands.js';
import type { eventDataSchemas } from './events.js';

type Mutual<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Agree<Types, Schemas extends Record<keyof Types, z.ZodType>> = {
  [K in keyof Types]: Mutual<z.output<Schemas[K]>, Types[K]>;
};
type AllTrue<T extends Record<keyof T, true>> = T;

export type EventsAgree = AllTrue<Agree<EventDataByType, typeof eventDataSchemas>>;
export type CommandsAgree = AllTrue<Agree<CommandDataByName, typeof commandSchemas>>;
