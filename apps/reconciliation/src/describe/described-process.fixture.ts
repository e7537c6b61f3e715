import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import type { FastifyInstance } from 'fastify';
import { addStatementKey, applyAgency, applyReports, closeDays, createKey, createOperatorKey, makeStatement } from '#ledger'; // prettier-ignore
import { startService } from '#service';
import { hubParty, locateReportFile, newPrivateKey, signerOf } from '#wire';
import { Books, compares, portal, works } from '../lines/books.fixture.js';
import { reconciliationApi } from './reconciliation-api.js';

interface Operation {
  responses: Record<string, { content: Record<string, { schema: object; example?: unknown }> }>;
  requestBody?: { content: Record<string, { schema: object; example?: unknown }> };
}
export const api = reconciliationApi as { paths: Record<string, Record<string, Operation>> };

export const theirs = signerOf(newPrivateKey())!;

const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true, formats: { ...fullFormats, binary: true } }); // prettier-ignore
ajv.addSchema(reconciliationApi, 'api');

/** What doesn't fit, in words. */
export function misfits(schema: object, value: unknown): string[] {
  const placed = JSON.parse(JSON.stringify(schema).replaceAll('#/components', 'api#/components')) as object;
  const validate = ajv.compile(placed);
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`); // prettier-ignore
}

/** Books that differ, a day closed, a statement, reports, everything through the ledger. Keys by whose they are. */
async function lived(books: Books, folder: string): Promise<Record<'operator' | 'portal' | 'b', string>> {
  await books.clear();
  await applyAgency(books.db, { ...portal({ reconcile: { by: 'digest', url: 'http://127.0.0.1:1', compares } }), id: 'b' }); // prettier-ignore
  await books.entered(4, works);
  books.theirs.splice(0, 1);
  books.falsify(books.theirs[0]!.key, ({ fields }) => Object.assign(fields, { status: '9', applicantName: 'AI ĐÓ' }));
  await books.compare();
  await books.compare();
  await closeDays(books.db, { today: '2026-05-29', day: '2026-05-29', by: 'spec' });
  const pem = newPrivateKey();
  await writeFile(join(folder, 'statement-key.pem'), pem);
  await addStatementKey(books.db, { agency: null, spki: signerOf(pem)!.spki, by: 'spec' });
  await addStatementKey(books.db, { agency: 'portal', spki: theirs.spki, by: 'spec' });
  const hub = hubParty({ id: 'lienthong', name: 'Trục', code: 'H53' });
  await makeStatement(books.db, { agency: 'portal', day: '2026-05-29', hub, withoutComparison: true });
  const read = (name: string) => locateReportFile(readFileSync(`deploy/reports/${name}.yaml`, 'utf8'), {}).file;
  await applyReports(books.db, [read('ii-06a'), read('index-766')], { author: 'spec', note: null });
  return {
    operator: await createOperatorKey(books.db, 'an'),
    portal: await createKey(books.db, 'portal', 'spec'),
    b: await createKey(books.db, 'b', 'spec'),
  };
}

type Method = 'get' | 'post' | 'put';
export interface Ask {
  key?: string;
  body?: unknown;
  type?: string;
  language?: string;
}
interface Answer {
  status: number;
  body: unknown;
  code: string;
}

/** The process itself over a ledger of its own, each answer of which is held against what is described of its route. */
export class DescribedProcess {
  /** Routes as they were made, and those that gave what was asked for: `get /v1/days/{day}`. */
  readonly served = new Set<string>();
  readonly asked = new Set<string>();
  keys = { operator: '', portal: '', b: '' };
  fastify!: FastifyInstance;
  url = '';
  private stops: (() => Promise<unknown>)[] = [];

  /** `firstDay`: makes 2026-05-29 the ledger's first day. */
  static async begin(firstDay: (books: Books) => Promise<unknown>): Promise<DescribedProcess> {
    const made = new DescribedProcess();
    const books = await Books.begin();
    made.stops.push(() => books.end());
    const folder = await mkdtemp(join(tmpdir(), 'api-'));
    made.stops.push(() => rm(folder, { recursive: true }));
    await firstDay(books);
    made.keys = await lived(books, folder);
    Object.assign(process.env, {
      DATABASE_URL: books.url,
      LIENTHONG_RECONCILIATION_PORT: '0',
      LIENTHONG_CLOSE_AT: 'never',
      LIENTHONG_FIGURES_EVERY_MINUTES: '0',
      LIENTHONG_BOOKS_DIR: folder,
      LIENTHONG_SECRETS_DIR: folder,
      LIENTHONG_DAILY_FILES: folder,
      LIENTHONG_LOG_LEVEL: 'silent',
    });
    await made.start();
    return made;
  }

  async end(): Promise<void> {
    for (const stop of this.stops.reverse()) await stop();
  }

  /** Asks, and holds the answer against what is described of this route: its status, its media type, its shape. */
  async ask(method: Method, at: string, path: string, { key, body, type, language = 'vi' }: Ask = {}): Promise<Answer> {
    // prettier-ignore
    const response = await fetch(`${this.url}${path}`, {
      method: method.toUpperCase(),
      headers: {
        'accept-language': language,
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const where = `${method} ${path} ${response.status}`;
    const described = api.paths[at]?.[method]?.responses[String(response.status)];
    const text = await response.text();
    if (!described) throw new Error(`${where} is not described: ${text.slice(0, 300)}`);
    const media = (response.headers.get('content-type') ?? '').replace(/;.*/, '');
    expect([where, Object.keys(described.content)]).toEqual([where, expect.arrayContaining([media])]);
    const values = valuesOf(media, text);
    for (const value of values) expect([where, misfits(described.content[media]!.schema, value)]).toEqual([where, []]);
    if (response.ok) this.asked.add(`${method} ${at}`);
    const [said = text] = values;
    return { status: response.status, body: said, code: (said as { code?: string }).code ?? '' };
  }

  /** Settings are read when it is loaded. Its routes are noted as they are made. */
  private async start(): Promise<void> {
    const { reconciliation } = await import('../reconciliation.service.js');
    const app = await startService({
      ...reconciliation,
      prepare: (nest, http) => {
        this.fastify = http;
        http.addHook('onRoute', ({ method, url: at }) => {
          for (const one of [method].flat())
            if (one !== 'HEAD') this.served.add(`${one.toLowerCase()} ${at.replaceAll(/:(\w+)/g, '{$1}')}`);
        });
        return reconciliation.prepare?.(nest, http);
      },
    });
    this.stops.push(async () => {
      await app.close();
      await reconciliation.close?.();
    });
    this.url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  }
}

/** What JSON an answer holds: one, or one a line. */
function valuesOf(media: string, text: string): unknown[] {
  if (media === 'application/x-ndjson') return text.trim().split('\n').map((line) => JSON.parse(line) as unknown); // prettier-ignore
  return media.endsWith('json') ? [JSON.parse(text)] : [];
}
