import { Readable } from 'node:stream';
import { Controller, Get, Param, Put, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Database, isRevoked, keepFile, readFile } from '#ledger';
import { dropRest, tooLarge, type BodyKind } from '../admit/read-body.js';
import { refusal, Refused } from '../admit/refusal.js';
import { Answers } from '../describe/answers.js';
import { FileAnswerDto } from '../describe/shapes.dto.js';
import { MAX_FILE_BYTES, readFileBody } from './read-file-body.js';

/** Bytes of uploads under way, over all callers: what this door may take of the process's memory. */
const MAX_UNDER_WAY = 8 * MAX_FILE_BYTES;
const MEDIA_TYPE = /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/;

@ApiTags('files')
@ApiBearerAuth()
@ApiParam({ name: 'sha256', description: 'Of the bytes, lower-case hex.', example: 'b1'.repeat(32) })
@Controller('v1/files')
export class KeepFileController {
  private underWay = 0;

  constructor(private readonly db: Database) {}

  /** Byte for byte under its own hash, before the event that names it. */
  @Put(':sha256')
  @RouteConfig({ body: 'bytes' satisfies BodyKind })
  @ApiOperation({
    summary: 'Gửi tệp · Put a file',
    description: 'At most 20 MiB. The address is the content’s hash, checked while reading.',
  })
  @ApiConsumes('application/pdf', 'application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 201, description: 'Đã lưu · Kept', type: FileAnswerDto })
  @ApiResponse({ status: 200, description: 'Đã có từ trước · Held already', type: FileAnswerDto })
  @Answers.problems('invalid-envelope', 'wrong-file-hash', 'too-large', 'unsupported-media-type')
  async keep(
    @Param('sha256') sha256: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FileAnswerDto> {
    checkHash(sha256);
    const mediaType = (request.headers['content-type'] ?? 'application/octet-stream')
      .split(';', 1)[0]!
      .trim()
      .toLowerCase();
    if (!MEDIA_TYPE.test(mediaType))
      throw new Refused(refusal('unsupported-media-type', 'header:content-type', 'media-type'));
    const announced = Number(request.headers['content-length'] ?? MAX_FILE_BYTES);
    if (announced > MAX_FILE_BYTES) {
      await dropRest(request.raw, announced);
      throw tooLarge(MAX_FILE_BYTES);
    }
    if (this.underWay + announced > MAX_UNDER_WAY) throw new Refused({ code: 'unavailable' });
    this.underWay += announced;
    try {
      const read = await readFileBody((request.body as Readable | undefined) ?? Readable.from([]), sha256);
      if (read.kind === 'refused') throw new Refused(read.refusal);
      const isNew = await keepFile(this.db, { sha256, mediaType, bytes: read.bytes });
      void reply.code(isNew ? 201 : 200);
      return { outcome: isNew ? 'kept' : 'held', sha256, size: read.bytes.length };
    } finally {
      this.underWay -= announced;
    }
  }

  /** Who names the hash has seen an event that refers to it. */
  @Get(':sha256')
  @ApiOperation({ summary: 'Lấy tệp · Get a file' })
  @ApiProduces('application/octet-stream')
  @ApiResponse({
    status: 200,
    description: 'Nguyên từng byte · Byte for byte',
    schema: { type: 'string', format: 'binary' },
  })
  @Answers.problems('invalid-envelope', 'unknown-file', 'revoked-file')
  async show(@Param('sha256') sha256: string, @Res() reply: FastifyReply): Promise<void> {
    checkHash(sha256);
    if (await isRevoked(this.db, sha256)) throw new Refused(refusal('revoked-file', 'path:sha256', 'not-revoked'));
    const file = await readFile(this.db, sha256);
    if (!file) throw new Refused(refusal('unknown-file', 'path:sha256', 'known'));
    void reply
      .type(file.mediaType)
      .header('etag', `"${sha256}"`)
      // The bytes never change, whether they may be had does: a result can be revoked.
      .header('cache-control', 'private, no-cache')
      .header('content-disposition', 'attachment')
      .header('x-content-type-options', 'nosniff')
      .send(file.bytes);
  }
}

function checkHash(sha256: string): void {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Refused(refusal('invalid-envelope', 'path:sha256', 'sha256-hex'));
}
