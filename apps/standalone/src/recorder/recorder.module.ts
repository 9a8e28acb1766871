import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { BulkController } from './bulk/bulk.controller.js';
import { CommandsController } from './commands.controller.js';
import { ListedController } from './listed.controller.js';
import { RecordCommandHandler } from './record-command.js';

/** The write side: commands come in, receipts go out. */
@Module({
  imports: [CqrsModule],
  controllers: [CommandsController, BulkController, ListedController],
  providers: [RecordCommandHandler],
})
export class RecorderModule {}
