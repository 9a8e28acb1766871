export * from './format.js';
export * from './formats.js';
export * from './row-index.js';
export * from './sample.js';
export * from './scan.js';
export { airRaidSirens } from './air-raid-sirens/index.js';
export { incidents } from './incidents/index.js';
export { ucdpGed } from './ucdp-ged/index.js';
