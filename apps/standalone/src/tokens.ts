/** What the modules are given from outside: opened before Nest is there, closed after it has gone. */
export const CONFIG = Symbol('config');
export const RECORDER = Symbol('recorder');
export const EVENT_LOG = Symbol('event log');
export const DATABASE = Symbol('database');
export const PROJECTOR = Symbol('projector');
export const METRICS = Symbol('metrics');
export const LOGGER = Symbol('logger');
