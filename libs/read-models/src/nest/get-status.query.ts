import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type ReadModelsStatus, readModelsStatus } from '../status.js';
import { ReadModels } from './reader.js';

export class GetStatus extends Query<ReadModelsStatus> {}

@QueryHandler(GetStatus)
export class GetStatusHandler implements IQueryHandler<GetStatus> {
  constructor(private readonly models: ReadModels) {}

  async execute(): Promise<ReadModelsStatus> {
    return readModelsStatus(this.models.pool);
  }
}
