export * from './postgres-harness.js';
export * from './temp-dir.js';
export * from './wait-for.js';
