import { Body, Controller, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Operator } from '#service';
import { ReadLines } from './read-lines.js';
import type { SomeLines } from './read-some.js';

@Controller('v1')
export class ReadLinesController {
  constructor(private readonly readLines: ReadLines) {}

  /** A spreadsheet comes as the body itself. `by`: one way of several. */
  @Post('agencies/:id/lines-read')
  @HttpCode(200)
  read(
    @Param('id') id: string,
    @Body() body: unknown,
    @Query() query: Record<string, unknown>,
    @Operator() operator: string,
  ): Promise<SomeLines & { by: string; day: string }> {
    return this.readLines.run(id, body, query, operator);
  }
}
