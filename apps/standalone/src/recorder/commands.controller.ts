import { Body, Controller, Delete, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandSchemas, reportedIncidentId, uuid } from '#libs/contracts';
import type { Command, CommandName } from '#libs/domain';
import type { Recorder } from '#libs/recording';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { callerOf, expectedVersionOf, idempotencyKeyOf } from '../http/caller.js';
import { parseParameters } from '../http/parameters.js';
import { RECORDER } from '../tokens.js';
import { problemOf, receiptBody, type ReceiptBody } from './answers.js';
import { ApiCommand } from './api-command.js';
import { commandFrom, incidentIdFrom, reportFrom } from './command-request.js';
import { RecordCommand } from './record-command.js';

const bodies = {
  report: commandSchemas.report.extend({ id: uuid.optional() }).meta({ id: 'NewIncident' }),
  response: commandSchemas['respond-to-claim']
    .omit({ claimId: true })
    .meta({ id: 'ClaimResponse' }),
  withdrawal: commandSchemas['withdraw-claim'].omit({ claimId: true }),
  unlink: commandSchemas.unlink.omit({ relation: true, to: true }),
};

const noParameters = z.strictObject({});

/** Each command on one incident. The body is checked against the command's schema as a whole. */
@ApiTags('commands')
@Controller('v1/incidents')
export class CommandsController {
  constructor(
    private readonly commands: CommandBus,
    @Inject(RECORDER) private readonly recorder: Recorder,
  ) {}

  @Post()
  @ApiCommand('report', 'Report an incident, with what sources claim about it', 201)
  async report(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body({ schema: bodies.report }) body: unknown,
  ): Promise<ReceiptBody> {
    const { key, header } = idempotencyKeyOf(request);
    reply.header('Idempotency-Key', header);
    // A parameter that is ignored (`?dryRun=true`) would write what was not to be written.
    parseParameters(noParameters, request.query);
    const { id, command } = reportFrom(body);
    const streamId =
      id ?? reportedIncidentId(this.recorder.ledgerId, callerOf(request).caller, key);
    return this.record(request, reply, { streamId, key, command });
  }

  @Post(':id/claims')
  @ApiCommand('record-claim', 'Record what a source claims')
  recordClaim(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: commandSchemas['record-claim'] }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'record-claim', id, body);
  }

  @Post(':id/claims/:claimId/responses')
  @ApiCommand('respond-to-claim', 'Record that a party confirms, denies or disputes a claim')
  respond(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Param('claimId') claimId: string,
    @Body({ schema: bodies.response }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'respond-to-claim', id, body, { claimId });
  }

  @Post(':id/claims/:claimId/withdrawal')
  @ApiCommand('withdraw-claim', 'Withdraw a claim')
  withdraw(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Param('claimId') claimId: string,
    @Body({ schema: bodies.withdrawal }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'withdraw-claim', id, body, { claimId });
  }

  @Post(':id/revisions')
  @ApiCommand('revise', 'Revise kind, cause, time, place, actors or text, with a reason')
  revise(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: commandSchemas.revise }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'revise', id, body);
  }

  @Post(':id/assessments')
  @ApiCommand('assess', 'Grade the incident, with a rationale')
  assess(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: commandSchemas.assess }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'assess', id, body);
  }

  @Post(':id/evidence')
  @ApiCommand('attach-evidence', 'Attach evidence by its SHA-256')
  attachEvidence(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: commandSchemas['attach-evidence'] }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'attach-evidence', id, body);
  }

  @Post(':id/links')
  @ApiCommand('link', 'Link to another incident')
  link(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: commandSchemas.link }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'link', id, body);
  }

  @Delete(':id/links/:relation/:targetId')
  @ApiCommand('unlink', 'Take a link away')
  unlink(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Param('relation') relation: string,
    @Param('targetId') to: string,
    @Body({ schema: bodies.unlink }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'unlink', id, body, { relation, to });
  }

  @Post(':id/merge')
  @ApiCommand('merge', 'Merge into another incident')
  merge(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: commandSchemas.merge }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'merge', id, body);
  }

  @Delete(':id/merge')
  @ApiCommand('unmerge', 'Undo a merge')
  unmerge(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: commandSchemas.unmerge }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'unmerge', id, body);
  }

  @Post(':id/retraction')
  @ApiCommand('retract', 'Retract the incident')
  retract(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: commandSchemas.retract }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'retract', id, body);
  }

  @Post(':id/reinstatement')
  @ApiCommand('reinstate', 'Reinstate a retracted incident')
  reinstate(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: commandSchemas.reinstate }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'reinstate', id, body);
  }

  @Post(':id/end')
  @ApiCommand('end', 'Say when it ended')
  end(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: commandSchemas.end }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'end', id, body);
  }

  @Post(':id/reopening')
  @ApiCommand('reopen', 'Open an ended incident of a lasting kind again')
  reopen(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('id') id: string,
    @Body({ schema: commandSchemas.reopen }) body: unknown,
  ): Promise<ReceiptBody> {
    return this.run(request, reply, 'reopen', id, body);
  }

  private async run(
    request: FastifyRequest,
    reply: FastifyReply,
    name: CommandName,
    id: string,
    body: unknown,
    fromAddress: Readonly<Record<string, string>> = {},
  ): Promise<ReceiptBody> {
    const { key, header } = idempotencyKeyOf(request);
    reply.header('Idempotency-Key', header);
    // A parameter that is ignored (`?dryRun=true`) would write what was not to be written.
    parseParameters(noParameters, request.query);
    const streamId = incidentIdFrom(id);
    const command = commandFrom(name, body, fromAddress);
    return this.record(request, reply, { streamId, key, command });
  }

  private async record(
    request: FastifyRequest,
    reply: FastifyReply,
    what: { streamId: string; key: string; command: Command },
  ): Promise<ReceiptBody> {
    const expectedVersion = expectedVersionOf(request);
    const answer = await this.commands.execute(
      new RecordCommand({
        ...what,
        ...callerOf(request),
        ...(expectedVersion !== undefined && { expectedVersion }),
      }),
    );
    if (answer.kind !== 'accepted') {
      if (answer.kind === 'conflict') reply.header('ETag', `"${String(answer.version)}"`);
      throw problemOf(answer);
    }
    const { receipt } = answer;
    reply.header('ETag', `"${String(receipt.version)}"`);
    reply.header('Location', `/v1/incidents/${receipt.streamId}`);
    return receiptBody(receipt);
  }
}
