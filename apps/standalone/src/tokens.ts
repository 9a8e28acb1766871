/** What the modules are given from outside: opened before Nest is there, closed after it has gone. */
export const CONFIG = Symbol('config');
export const LOGGER = Symbol('logger');
export const EVENT_LOG = Symbol('event log');
export const RECORDER = Symbol('recorder');
export const DATABASE = Symbol('database');
export const POOL = Symbol('postgres pool');
export const PROJECTOR = Symbol('projector');
export const METRICS = Symbol('metrics');
