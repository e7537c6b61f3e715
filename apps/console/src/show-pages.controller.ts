import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUnavailable } from '#ledger';
import { both, html, type Html } from './page/html.js';
import { casePage, noSuchCase } from './page/case.page.js';
import { headers, page, type Links } from './page/layout.js';
import { overviewPage } from './page/overview.page.js';
import { ReadOverview } from './read-overview.js';
import { settings } from './settings.js';

interface Shown {
  status: number;
  content: Html;
}

@Controller()
export class ShowPagesController {
  constructor(private readonly reader: ReadOverview) {}

  @Get()
  async overview(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.whole(request, reply, 'Liên Thông', '/live', await this.showOverview());
  }

  @Get('live')
  async liveOverview(@Res() reply: FastifyReply): Promise<void> {
    await this.part(reply, await this.showOverview());
  }

  @Get('cases/:code')
  async case(@Param('code') code: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.whole(
      request,
      reply,
      `${code} · Liên Thông`,
      `/live/cases/${encodeURIComponent(code)}`,
      await this.showCase(code),
    );
  }

  @Get('live/cases/:code')
  async liveCase(@Param('code') code: string, @Res() reply: FastifyReply): Promise<void> {
    await this.part(reply, await this.showCase(code));
  }

  private async showOverview(): Promise<Shown> {
    return orAway(async () => ({ status: 200, content: overviewPage(await this.reader.read()) }));
  }

  private async showCase(code: string): Promise<Shown> {
    return orAway(async () => {
      const found = await this.reader.readCase(code);
      return found ? { status: 200, content: casePage(found) } : { status: 404, content: noSuchCase(code) };
    });
  }

  private async whole(
    request: FastifyRequest,
    reply: FastifyReply,
    title: string,
    live: string,
    { status, content }: Shown,
  ): Promise<void> {
    await reply
      .code(status)
      .headers(headers)
      .type('text/html; charset=utf-8')
      .send(page(title, linksFor(request), content, live));
  }

  private async part(reply: FastifyReply, { status, content }: Shown): Promise<void> {
    await reply.code(status).headers(headers).type('text/html; charset=utf-8').send(content.toString());
  }
}

/** The page stays while PostgreSQL is away, and comes back by itself. */
async function orAway(show: () => Promise<Shown>): Promise<Shown> {
  try {
    return await show();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return {
      status: 503,
      content: html`<h1>${both('Không đọc được sổ cái, đang thử lại', 'The ledger can’t be read, trying again')}</h1>`,
    };
  }
}

/** The other pages are on the host by which this one was reached. */
function linksFor({ headers: { host } }: FastifyRequest): Links {
  const [name] = /^(?:[\w.-]+|\[[0-9a-fA-F:]+\])(?=:\d+$|$)/.exec(host ?? '') ?? [settings.host];
  return {
    counterForm: `http://${name}:${settings.sandboxPort}/`,
    apiDocs: `http://${name}:${settings.intakePort}/docs`,
  };
}
