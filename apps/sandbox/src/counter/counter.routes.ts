import { randomUUID } from 'node:crypto';

import type { FastifyInstance, FastifyReply } from 'fastify';

import { standInNames, type StandInName } from '../stand-in/stand-in.js';
import { checkDeclaration } from './check-declaration.js';
import { enterCase } from './enter-case.js';
import { exampleForm } from './example.js';
import { followCase } from './follow-case.js';
import { formPage } from './form.page.js';
import { html } from './html.js';
import { page } from './layout.js';
import type { CounterOptions } from './options.js';
import { partnersPage, presets, type PartnerRow } from './partners.page.js';
import { emptyForm, readForm, type Filled } from './read-form.js';
import type { StandInsClient } from './stand-ins-client.js';
import { caseFragment, statusPage } from './status.page.js';

export interface CounterParts {
  options: CounterOptions;
  standIns: StandInsClient;
  /** What the supervisor knows of each process. */
  running: (name: StandInName) => { controlPort: number | undefined; restarts: number };
}

const longestPost = 30 * 1024 * 1024;
const noFaults = new Map<string, string>();

/** The counter: the form at /, each case at /ho-so/<code>, the partners and their switches at /doi-tac. */
export function counterRoutes(app: FastifyInstance, { options, standIns, running }: CounterParts): void {
  app.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'multipart/form-data'],
    { parseAs: 'buffer', bodyLimit: longestPost },
    (_request, body, done) => done(null, body),
  );
  const send = (reply: FastifyReply, text: string): FastifyReply =>
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(text);
  let examples = Math.floor(Date.now() / 1_000);

  app.get('/', (_request, reply) =>
    send(reply, formPage(emptyForm({ copies: '1', nationality: 'VN', returnBy: 'counter' }), noFaults, options)),
  );

  app.post('/', { bodyLimit: longestPost }, async (request, reply) => {
    const filled = await readForm(request.body as Buffer, request.headers['content-type'] ?? '');
    if (filled.action === 'example') return send(reply, formPage(exampleForm(examples++), noFaults, options));
    if (filled.action !== 'submit') return send(reply, formPage(withRows(filled), noFaults, options));
    const faults = checkDeclaration(filled, options);
    if (faults.size > 0) return send(reply.code(422), formPage(filled, faults, options));
    try {
      const code = await standIns.nextCode();
      const files = filled.attachments.map(({ sha256, mediaType, bytes }) => ({
        sha256,
        mediaType,
        base64: bytes.toString('base64'),
      }));
      await standIns.submit({ key: randomUUID(), case: enterCase(code, filled, options, new Date()), files });
      return reply.redirect(`/ho-so/${encodeURIComponent(code)}`, 303);
    } catch {
      const away = new Map([['send', 'Hệ thống một cửa không trả lời; hồ sơ chưa được nhận, hãy nộp lại']]);
      return send(reply.code(503), formPage(filled, away, options));
    }
  });

  app.get('/ho-so/:code', async (request, reply) => {
    const view = await followCase((request.params as { code: string }).code, standIns);
    return send(view.known ? reply : reply.code(404), statusPage(view));
  });
  app.get('/ho-so/:code/hien-trang', async (request, reply) =>
    send(reply, caseFragment(await followCase((request.params as { code: string }).code, standIns)).text),
  );
  app.post('/ho-so/:code/tra-ket-qua', async (request, reply) => {
    const { code } = request.params as { code: string };
    const view = await followCase(code, standIns);
    const now = new Date().toISOString();
    if (view.toHandOver)
      await standIns.submit({
        key: `${code}:handed-over`,
        code,
        event: { data: { status: 10, note: 'Đã trả cho chủ hồ sơ', finishedAt: now } },
      });
    return reply.redirect(`/ho-so/${encodeURIComponent(code)}`, 303);
  });
  app.get('/ho-so/:code/ket-qua/:sha256', async (request, reply) => {
    const bytes = await standIns.file((request.params as { sha256: string }).sha256);
    if (bytes) return reply.type('application/pdf').header('x-content-type-options', 'nosniff').send(bytes);
    return send(
      reply.code(404),
      page({
        title: 'Chưa có tệp',
        body: html`<h1>Chưa lấy được tệp này</h1>
          <p>Hãy thử lại sau ít phút.</p>`,
      }),
    );
  });

  app.get('/doi-tac', async (_request, reply) => {
    const rows = await Promise.all(
      standInNames.map(async (name): Promise<PartnerRow> => ({
        name,
        health: await standIns.health(name),
        ...running(name),
      })),
    );
    return send(reply, partnersPage(rows));
  });
  app.post('/doi-tac/:name', async (request, reply) => {
    const name = standInNames.find((known) => known === (request.params as { name: string }).name);
    const { values } = await readForm(request.body as Buffer, request.headers['content-type'] ?? '');
    const preset = presets[values.get('fault') ?? ''];
    if (!name || !preset) return reply.code(404).send();
    await standIns.setFaults(name, preset.fault).catch(() => undefined);
    return reply.redirect('/doi-tac', 303);
  });
}

/** Rows added and taken off where there are no scripts. */
function withRows(filled: Filled): Filled {
  const [what, row] = filled.action.split('.');
  const residences =
    what === 'add-row'
      ? [...filled.residences, {}]
      : filled.residences.filter((_, n) => what !== 'remove-row' || n !== Number(row));
  return { ...filled, residences: residences.length > 0 ? residences : [{}] };
}
