import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { StatsQuery } from '../filters.js';
import { type Stats, stats } from '../stats.js';
import { ReadModels } from './reader.js';

export class GetStats extends Query<Stats> {
  constructor(readonly query: StatsQuery) {
    super();
  }
}

@QueryHandler(GetStats)
export class GetStatsHandler implements IQueryHandler<GetStats> {
  constructor(private readonly models: ReadModels) {}

  async execute({ query }: GetStats): Promise<Stats> {
    return stats(await this.models.at(query.after), query);
  }
}
