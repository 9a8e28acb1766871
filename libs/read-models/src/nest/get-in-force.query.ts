import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { InForceQuery } from '../filters.js';
import { type InForce, inForce } from '../in-force.js';
import { ReadModels } from './reader.js';

export class GetInForce extends Query<InForce> {
  constructor(readonly query: InForceQuery) {
    super();
  }
}

@QueryHandler(GetInForce)
export class GetInForceHandler implements IQueryHandler<GetInForce> {
  constructor(private readonly models: ReadModels) {}

  async execute({ query }: GetInForce): Promise<InForce> {
    return inForce(await this.models.at(query.after), query);
  }
}
