import { Controller, Get, Header, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import { Database, underWay, type Reconciliation, type UnderWay } from '#ledger';
import { KeptResults } from './kept-results.js';
import { refusedWith } from './refused-with.js';
import { RunReconciliation } from './run-reconciliation.js';

@Controller('v1')
export class RunReconciliationController {
  constructor(
    private readonly runReconciliation: RunReconciliation,
    private readonly results: KeptResults,
    private readonly db: Database,
  ) {}

  /** Answers when the count is done and kept; `/v1/runs/{id}/table` is the same for a person. */
  @Post('runs')
  @HttpCode(200)
  async run(): Promise<Reconciliation & { id: string }> {
    const run = await this.runReconciliation.run();
    if (run.outcome === 'counted') return { id: run.id, ...run.result };
    throw refusedWith('book-unreadable', `${run.agency}: ${run.because}`);
  }

  @Get('runs/:id')
  @Header('content-type', 'application/json; charset=utf-8')
  async result(@Param('id') id: string): Promise<string> {
    return this.kept(id, 'json');
  }

  @Get('runs/:id/table')
  @Header('content-type', 'text/plain; charset=utf-8')
  async table(@Param('id') id: string): Promise<string> {
    return this.kept(id, 'txt');
  }

  /** What is still moving: a count at rest needs all but `parked` at 0. */
  @Get('under-way')
  underWay(): Promise<UnderWay> {
    return underWay(this.db);
  }

  private async kept(id: string, form: 'json' | 'txt'): Promise<string> {
    const text = await this.results.read(id, form);
    if (text === undefined) throw new NotFoundException();
    return text;
  }
}
