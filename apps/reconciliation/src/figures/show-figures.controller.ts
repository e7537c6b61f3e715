import { Controller, Get, Query } from '@nestjs/common';
import { Database, standing, yearReport, type Standing, type YearReport } from '#ledger';
import { refusal, Refused } from '#wire';

/** Figures as the ledger's events give them; nothing personal, no case named. */
@Controller('v1')
export class ShowFiguresController {
  constructor(private readonly db: Database) {}

  /** ?year=2021, and ?enteredBy=mot-cua for the cases of one one-stop. */
  @Get('figures')
  figures(@Query('year') year = '', @Query('enteredBy') enteredBy?: string): Promise<YearReport> {
    if (!/^(19|20|21)\d\d$/.test(year)) throw new Refused(refusal('invalid-envelope', 'query:year', 'year:1900-2199'));
    return yearReport(this.db, Number(year), enteredBy ?? null);
  }

  /** Whether anything still moves by itself. */
  @Get('standing')
  standing(): Promise<Standing> {
    return standing(this.db);
  }
}
