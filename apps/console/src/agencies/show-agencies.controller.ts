import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { listAgencies, unmappedCodes, withoutLogins } from '#agency';
import { contractHistory, openLanes, readAgencies, standingAgencies } from '#ledger';
import { AgencyOffice, refuse } from './agency-office.js';
import { periodOf } from './period.js';

@Controller('v1/agencies')
export class ShowAgenciesController {
  constructor(private readonly office: AgencyOffice) {}

  @Get()
  async list(): Promise<object> {
    return { agencies: await listAgencies(this.office.db) };
  }

  /** What is in force, every contract that was ever applied, and how the agency stands now. */
  @Get(':id')
  @Header('content-type', 'application/json; charset=utf-8')
  async show(@Param('id') id: string): Promise<string> {
    const { db } = this.office;
    const listed = (await listAgencies(db)).find((agency) => agency.id === id);
    if (!listed) return refuse({ code: 'unknown-agency' });
    const [agencies, history, standing, lanes] = await Promise.all([
      readAgencies(db),
      contractHistory(db, id),
      standingAgencies(db),
      openLanes(db, id),
    ]);
    const { paused = null, breaker = null } = standing.find(({ agencyId }) => agencyId === id) ?? {};
    const { versions } = agencies.find((agency) => agency.id === id)!;
    return withoutLogins(JSON.stringify({ ...listed, paused, breaker, lanes, contract: { versions }, history }));
  }

  @Get(':id/unmapped')
  async unmapped(@Param('id') id: string, @Query() query: Record<string, unknown>): Promise<object> {
    const period = periodOf(query);
    const agency = await this.office.known(id);
    return this.office.walk(() => unmappedCodes(this.office.db, agency, period));
  }
}
