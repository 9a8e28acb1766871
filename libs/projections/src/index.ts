export { GENERATION, ensureGeneration, GenerationError } from './generation.js';
export { dumpReadModels } from './dump.js';
export { startProjector } from './runner/projector.js';
export type { AdvanceListener, Projector, ProjectorOptions } from './runner/projector.js';
export type {
  BatchReport,
  PartitionHealth,
  PartitionState,
  ProjectorLogger,
} from './runner/partition-projector.js';
