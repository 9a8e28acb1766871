export * from './envelope.js';
export * from './partition.js';
