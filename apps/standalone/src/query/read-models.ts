import { ReadModelsModule } from '#libs/read-models';
import { POOL } from '../tokens.js';

/** The one instance of the read models' module: projector and queries share its position waiter. */
export const readModels = ReadModelsModule.register({ pool: POOL });
