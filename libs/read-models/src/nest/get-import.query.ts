import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { HistoryQuery } from '../filters.js';
import { type ImportReport, importRun } from '../imports.js';
import { ReadModels } from './reader.js';

export class GetImport extends Query<ImportReport> {
  constructor(
    readonly importId: string,
    readonly query: HistoryQuery = {},
  ) {
    super();
  }
}

@QueryHandler(GetImport)
export class GetImportHandler implements IQueryHandler<GetImport> {
  constructor(private readonly models: ReadModels) {}

  async execute({ importId, query }: GetImport): Promise<ImportReport> {
    return importRun(await this.models.at(query.after), importId);
  }
}
