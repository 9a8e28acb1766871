export * from './client.js';
export * from './errors.js';
export * from './http-ledger.js';
export type { ImportOptions, ImportProgress, ImportReport } from './options.js';
export { runImport } from './run-import.js';
export { importTable } from './table.js';
