// Jest's globalTeardown.
import { disposeRun } from './jest-runs.mjs';

export default () => disposeRun(process.pid);
