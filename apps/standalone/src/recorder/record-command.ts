import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Answer, CommandRequest, Recorder } from '#libs/recording';
import { RECORDER } from '../tokens.js';

/** One command for the writer of its stream; `dryRun` decides and writes nothing. */
export class RecordCommand extends Command<Answer> {
  constructor(
    readonly request: CommandRequest,
    readonly dryRun = false,
  ) {
    super();
  }
}

@CommandHandler(RecordCommand)
export class RecordCommandHandler implements ICommandHandler<RecordCommand> {
  constructor(@Inject(RECORDER) private readonly recorder: Recorder) {}

  execute({ request, dryRun }: RecordCommand): Promise<Answer> {
    return dryRun ? this.recorder.dryRun(request) : this.recorder.submit(request);
  }
}
