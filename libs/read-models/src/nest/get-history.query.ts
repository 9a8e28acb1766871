import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { HistoryQuery } from '../filters.js';
import { type IncidentHistory, incidentHistory } from '../history.js';
import { ReadModels } from './reader.js';

export class GetHistory extends Query<IncidentHistory> {
  constructor(
    readonly id: string,
    readonly query: HistoryQuery = {},
  ) {
    super();
  }
}

@QueryHandler(GetHistory)
export class GetHistoryHandler implements IQueryHandler<GetHistory> {
  constructor(private readonly models: ReadModels) {}

  async execute({ id, query }: GetHistory): Promise<IncidentHistory> {
    return incidentHistory(await this.models.at(query.after), id);
  }
}
