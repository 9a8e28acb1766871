export * from './types.js';
export { openRecorder, type RecorderOptions } from './recorder.js';
export { readLedgerId } from './ledger-created.js';
export { emptyStream, evolveOn, type Stream } from './stream.js';
export { MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_EVENT_BYTES } from './batch.js';
export type { StateStore, StoreCommit } from './state-store.js';
export { StateStoreError } from './state-stores.js';
