import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { ItemQuery } from '../filters.js';
import { getIncident, type IncidentAnswer } from '../incident.js';
import { ReadModels } from './reader.js';

export class GetIncident extends Query<IncidentAnswer> {
  constructor(
    readonly id: string,
    readonly query: ItemQuery = {},
  ) {
    super();
  }
}

@QueryHandler(GetIncident)
export class GetIncidentHandler implements IQueryHandler<GetIncident> {
  constructor(private readonly models: ReadModels) {}

  async execute({ id, query }: GetIncident): Promise<IncidentAnswer> {
    return getIncident(await this.models.at(query.after), id, query);
  }
}
