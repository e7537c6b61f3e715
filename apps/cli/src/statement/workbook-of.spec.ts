import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { workbookOf } from './workbook-of.js';

const folder = mkdtempSync(join(tmpdir(), 'no-agency-has-a-key-'));
let server: Server;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  server = createServer((request, response) => {
    const isKnown = request.headers.authorization === 'Bearer lt_operator';
    response
      .writeHead(isKnown ? 200 : 401)
      .end(isKnown ? `PK ${request.url}` : '{"code":"wrong-credentials","detail":"x"}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  env = { LIENTHONG_SECRETS_DIR: folder, LIENTHONG_RECONCILIATION_URL: `http://127.0.0.1:${port}` };
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

it('is asked for by the operator’s key, so that an agency without one has a workbook too', async () => {
  const asked = { agency: 'lltp', day: '2026-11-01' };
  const got = await workbookOf(asked, { ...env, LIENTHONG_OPERATOR_KEY: 'lt_operator' });
  expect(got.toString()).toBe('PK /v1/agencies/lltp/statements/2026-11-01.xlsx');
  await expect(workbookOf(asked, { ...env, LIENTHONG_OPERATOR_KEY: 'lt_other' })).rejects.toThrow();
  await expect(workbookOf(asked, env)).rejects.toThrow('LIENTHONG_OPERATOR_KEY');
});
