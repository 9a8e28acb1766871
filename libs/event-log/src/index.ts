export {
  openEmbeddedLog,
  type EmbeddedLog,
  type EmbeddedLogOptions,
} from './embedded/embedded-log.js';
export type { AppendFaults } from './embedded/embedded-writer.js';
export { homeLockHolder, lockHome, type HomeLock } from './embedded/home-lock.js';
export { checkBeforeOpening } from './embedded/preflight.js';
export { parseLogUrl, LogUrlError, type LogUrl } from './parse-log-url.js';
export * from './port.js';
