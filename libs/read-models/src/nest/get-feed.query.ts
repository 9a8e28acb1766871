import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Feed, type FeedRequest, openFeed } from '../feed.js';
import { ReadModels } from './reader.js';

export class GetFeed extends Query<Feed> {
  constructor(readonly query: FeedRequest = {}) {
    super();
  }
}

@QueryHandler(GetFeed)
export class GetFeedHandler implements IQueryHandler<GetFeed> {
  constructor(private readonly models: ReadModels) {}

  async execute({ query }: GetFeed): Promise<Feed> {
    return openFeed(this.models.pool, query);
  }
}
