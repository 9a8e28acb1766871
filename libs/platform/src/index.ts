export * from './config.js';
export * from './postgres/database.js';
export * from './postgres/embedded.js';
export { errorCode, PostgresError, type PostgresErrorCode } from './postgres/errors.js';
export { isTransient } from './postgres/transient.js';
export * from './problem.js';
export { fieldErrors, problemFromZod } from './zod-problem.js';
export * from './logging.js';
export * from './metrics.js';
