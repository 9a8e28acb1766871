export * from './format.js';
export { ucdpGed } from './ucdp-ged/index.js';
