import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { ListQuery } from '../filters.js';
import { type IncidentPage, listIncidents } from '../incidents.js';
import { ReadModels } from './reader.js';

export class ListIncidents extends Query<IncidentPage> {
  constructor(readonly query: ListQuery) {
    super();
  }
}

@QueryHandler(ListIncidents)
export class ListIncidentsHandler implements IQueryHandler<ListIncidents> {
  constructor(private readonly models: ReadModels) {}

  async execute({ query }: ListIncidents): Promise<IncidentPage> {
    const { after, ...rest } = query;
    return listIncidents(await this.models.at(after), rest);
  }
}
