import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';

import { parseCaseCode } from '#domain';
import { validatePayload, type CaseApplication } from '#wire';

import { PlayedHub } from '../testing/played-hub.js';
import { eventually } from '../../../../libs/wire/src/testing/eventually.js';
import { newFolder, run, sample, type Running } from '../testing/run-for-a-test.js';
import type { StandInName } from '../stand-in/stand-in.js';
import { dayOf } from '../stand-in/real-dates.js';
import { counterRoutes } from './counter.routes.js';
import { exampleForm } from './example.js';
import { counterOptions } from './options.js';
import { StandInsClient } from './stand-ins-client.js';

let hub: PlayedHub;
let standIns: Record<StandInName, Running>;
let app: FastifyInstance;
let url: string;

beforeAll(async () => {
  hub = new PlayedHub();
  await hub.open();
  const folder = newFolder();
  standIns = {
    lltp: await run('lltp', folder),
    'cong-dvc': await run('cong-dvc', folder),
    'mot-cua': await run('mot-cua', folder, { LIENTHONG_INTAKE_URL: `http://127.0.0.1:${hub.port}` }),
  };
  const controlPort = (name: StandInName): number => Number(new URL(standIns[name].control).port);
  app = Fastify();
  counterRoutes(app, {
    options: counterOptions({}),
    standIns: new StandInsClient('127.0.0.1', controlPort),
    running: (name) => ({ controlPort: controlPort(name), restarts: 0 }),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  await Promise.all(Object.values(standIns).map(({ stop }) => stop()));
  await hub.close();
});
beforeEach(() => void hub.came.splice(0));

type Change = Record<string, string | undefined>;

/** What a browser would post after "Điền mẫu", changed as told; undefined takes a field out. */
function filledIn(change: Change = {}): URLSearchParams {
  const { values, residences } = exampleForm(0);
  const fields = new Map(values);
  residences.forEach((row, n) =>
    Object.entries(row).forEach(([name, value]) => fields.set(`residences.${n}.${name}`, value)),
  );
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) fields.delete(name);
    else fields.set(name, value);
  }
  return new URLSearchParams([...fields]);
}

const post = (body: URLSearchParams | FormData, path = '/'): Promise<Response> =>
  fetch(url + path, { method: 'POST', body, redirect: 'manual' });

async function enter(body: URLSearchParams | FormData): Promise<{ code: string; application: CaseApplication }> {
  const answer = await post(body);
  expect(answer.status).toBe(303);
  const code = decodeURIComponent((answer.headers.get('location') ?? '').replace('/ho-so/', ''));
  const came = await eventually(() => {
    const found = hub.came.find(({ path, body: posted }) => path === '/v1/cases' && posted['code'] === code);
    expect(found).toBeDefined();
    return found;
  });
  return { code, application: came?.body as unknown as CaseApplication };
}

describe('the form', () => {
  it('enters a case that the hub’s own schema takes, under the next code of the series', async () => {
    const first = await enter(filledIn());
    const second = await enter(filledIn());
    expect(validatePayload('vn.lienthong.case.received.v1', first.application)).toEqual([]);
    const codes = [first, second].map(({ code }) => parseCaseCode(code, dayOf(new Date())));
    expect(codes).toMatchObject([{ kind: 'valid', unit: 'H53.14' }, { kind: 'valid' }]);
    expect(codes.map((code) => (code.kind === 'valid' ? code.number : 0))).toEqual([
      expect.any(Number),
      Number(first.code.slice(-4)) + 1,
    ]);
    expect(first.application).toMatchObject({
      procedure: { code: '3.000333' },
      applicant: { name: 'Nguyễn Thị Mẫu Đơn', idNumber: '072190000000' },
      fees: [{ amount: 200_000 }],
      declaration: {
        born: '1990-08-15',
        residences: [{ from: '2004-09', to: '2012-08' }, {}],
        father: { born: '1960' },
      },
    });
  });

  it('makes NFC of what was typed in NFD', async () => {
    const { application } = await enter(filledIn({ name: '  Nguyễn Thị Hòa  '.normalize('NFD') }));
    expect(application.applicant.name).toBe('Nguyễn Thị Hòa'.normalize('NFC'));
  });

  it('enters a mandate, a further fee, a birth abroad and a partial date', async () => {
    const { application } = await enter(
      filledIn({
        mandated: '1', mandateName: 'Lê Văn Ủy Quyền', mandateSex: 'male', mandatePaperType: '3', mandatePaperNumber: '072085000456',
        mandateRelation: '04', mandateSignedOn: '10/11/2024', copies: '4', birthProvince: '', birthDetail: 'Campuchia', born: '08/1990',
        payerClass: '2', returnBy: 'post', returnAddress: 'Số 1 đường Mẫu', temporaryProvince: '79', temporaryDetail: 'Số 2 đường Mẫu',
      }),
    ); // prettier-ignore
    expect(validatePayload('vn.lienthong.case.received.v1', application)).toEqual([]);
    expect(application).toMatchObject({
      returnBy: 'post',
      fees: [{ amount: 110_000 }],
      declaration: {
        born: '1990-08',
        birthPlace: { country: 'Campuchia' },
        temporaryResidence: { province: { code: '79', name: 'Hồ Chí Minh' } },
        mandate: { name: 'Lê Văn Ủy Quyền', relation: { code: '04' }, signedOn: '2024-11-10' },
      },
    });
  });

  it('sends attachments byte for byte before the case, and refuses what is no paper', async () => {
    const bytes = Buffer.from([37, 80, 68, 70, 0, 255, 10, 13]);
    const form = new FormData();
    for (const [name, value] of filledIn()) form.append(name, value);
    form.append('attachments', new File([bytes], 'Ảnh căn cước.pdf', { type: 'application/pdf' }));
    const { application } = await enter(form);
    const [document] = application.documents ?? [];
    expect(document).toMatchObject({ name: 'Ảnh căn cước.pdf', size: bytes.length, mediaType: 'application/pdf' });
    expect(hub.came[0]?.path).toBe(`/v1/files/${document?.sha256}`);
    expect(
      Buffer.from(await (await fetch(`${standIns['mot-cua'].control}/files/${document?.sha256}`)).arrayBuffer()),
    ).toEqual(bytes);
    expect(validatePayload('vn.lienthong.case.received.v1', application)).toEqual([]);

    form.append('attachments', new File(['x'], 'virus.exe', { type: 'application/x-msdownload' }));
    const refused = await post(form);
    expect([refused.status, (await refused.text()).includes('virus.exe không phải PDF')]).toEqual([422, true]);
  });

  it.each([
    ['name', '', 'Chưa điền “Họ và tên”'],
    ['born', '31/02/1990', 'Không phải một ngày có thật'],
    ['born', '15/08/2199', 'Thời điểm này chưa tới'],
    ['sex', undefined, 'Chưa chọn “Giới tính”'],
    ['paperNumber', '12345', 'Căn cước công dân có đúng 12 chữ số'],
    ['purpose', '77', '“Mục đích yêu cầu” không có trong danh mục'],
    ['purpose', '99', 'Ghi rõ mục đích khác'],
    ['returnBy', 'post', 'Cần địa chỉ để gửi qua bưu chính'],
    ['residences.1.to', '01/2003', 'Không được trước tháng bắt đầu'],
    ['residences.0.place', '', 'Chưa điền “Nơi thường trú, tạm trú”'],
    ['mandateName', 'Lê Văn Ủy Quyền', 'Đánh dấu nếu nộp hồ sơ theo ủy quyền'],
    ['email', 'không phải', 'Không phải địa chỉ thư điện tử'],
    ['copies', '0', 'Là số nguyên từ 1 đến 99'],
  ])(
    'says beside the field what is wrong with %s = %p, keeps the rest, and sends nothing',
    async (field, value, says) => {
      const answer = await post(filledIn({ [field]: value }));
      expect(answer.status).toBe(422);
      const text = await answer.text();
      expect(text.toLowerCase()).toContain(says.toLowerCase());
      expect(text).toMatch(/aria-invalid="true"|role="alert"/);
      if (field !== 'name') expect(text).toContain('value="Nguyễn Thị Mẫu Đơn"');
      expect(hub.came).toEqual([]);
    },
  );

  it('fills in an example that can be sent, and adds and takes off rows, all without scripts', async () => {
    const example = await (await post(new URLSearchParams({ action: 'example' }))).text();
    expect(example).toMatch(/name="paperNumber"\s+value="\d{12}"/);
    const more = await (await post(filledIn({ action: 'add-row' }))).text();
    expect(more).toContain('name="residences.2.from"');
    const fewer = await (await post(filledIn({ action: 'remove-row.0' }))).text();
    expect([fewer.includes('residences.1.'), fewer.includes('Kế toán'), fewer.includes('Học sinh')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('shows what was typed as text, never as markup', async () => {
    const answer = await (await post(filledIn({ name: '"><script>alert(1)</script>', email: 'x' }))).text();
    expect(answer).not.toContain('<script>alert');
    expect(answer).toContain('&lt;script&gt;alert(1)');
  });
});

describe('a case on its way', () => {
  it('is followed from the counter to LLTP and the portal, and its record back to the counter', async () => {
    const { code } = await enter(filledIn());
    const page = async (): Promise<string> => (await fetch(`${url}/ho-so/${code}`)).text();
    const states = async (): Promise<string[]> =>
      [...(await page()).matchAll(/<li class="(\w+)">/g)].map(([, state]) => state ?? '');
    await eventually(async () => expect(await states()).toEqual(['done', 'done', 'now', 'now', 'waiting']));

    await standIns.lltp.post('/api/lltp/gui-ho-so', {
      ...sample('lltp-gen2-vneid/b-gui-ho-so.request.json'),
      maHoSoMCDT: code,
    });
    expect(await states()).toEqual(['done', 'done', 'done', 'now', 'now']);

    const data = {
      status: 9,
      at: '2026-11-23T03:00:00Z',
      documents: [{ sha256: 'a'.repeat(64), name: 'phieu.pdf' }],
      judicialRecord: record,
    };
    const event = { specversion: '1.0', id: `of ${code}`, source: '/agencies/lltp', type: 'vn.lienthong.case.result-issued.v1', subject: `case/${code}`, time: '2026-11-23T03:00:00Z', data }; // prettier-ignore
    const headers = { 'content-type': 'application/cloudevents+json', authorization: 'Bearer <secret>' };
    await standIns['mot-cua'].post(`/cases/${code}/events`, event, headers);
    const shown = await page();
    expect(shown).toContain('00001/MAU-LLTP');
    expect(shown).toContain(`/ho-so/${code}/ket-qua/${'a'.repeat(64)}`);

    expect((await post(new URLSearchParams(), `/ho-so/${code}/tra-ket-qua`)).status).toBe(303);
    await eventually(() =>
      expect(hub.came.at(-1)).toMatchObject({ path: `/v1/cases/${code}/events`, body: { data: { status: 10 } } }),
    );
    expect(await page()).not.toContain('Trả kết quả cho công dân');
  });

  it('is not found where there is none', async () => {
    expect((await fetch(`${url}/ho-so/H53.14-261123-9999`)).status).toBe(404);
  });
});

describe('the partners’ page', () => {
  it('turns one off and on again', async () => {
    const lltp = standIns.lltp;
    await post(new URLSearchParams({ fault: 'down' }), '/doi-tac/lltp');
    await expect(fetch(`${lltp.partner}/`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(await (await fetch(`${url}/doi-tac`)).text()).toContain('Đang tắt');
    await post(new URLSearchParams({ fault: 'well' }), '/doi-tac/lltp');
    expect((await fetch(`${lltp.partner}/`)).status).toBe(404);
    expect((await post(new URLSearchParams({ fault: 'down' }), '/doi-tac/nobody')).status).toBe(404);
  });
});

const record = {
  number: '00001/MAU-LLTP',
  issuedOn: '2026-11-23',
  convictionStatus: { code: '0', name: 'Không có án tích' },
};
