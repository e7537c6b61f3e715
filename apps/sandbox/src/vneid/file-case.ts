import { request } from 'undici';

import type { Secret } from '../stand-in/secrets.js';

type Body = Record<string, unknown>;

/** Flow a, the asking side: VNeID gets a code of the province, then files the case under it. The key goes in the query. */
export class FileCase {
  constructor(
    private readonly intakeUrl: string,
    private readonly agency: string,
    private readonly key: Secret,
  ) {}

  async nextCode(): Promise<string> {
    const { statusCode, body } = await request(this.address('LayMaHoSo'), { headersTimeout: 30_000 });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`LayMaHoSo: HTTP ${statusCode}`);
    return JSON.parse(text) as string;
  }

  async file(application: Body): Promise<Body> {
    const { body } = await request(this.address('TaoHoSo'), {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(application),
      headersTimeout: 30_000,
    });
    return (await body.json()) as Body;
  }

  private address(call: string): string {
    return `${this.intakeUrl}/partners/${this.agency}/LLTP/${call}?CodeGet=${encodeURIComponent(this.key.read())}`;
  }
}
