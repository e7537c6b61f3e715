import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { otherCase, judicialRecordCase } from './cases.js';
import { eventually } from '../../libs/wire/src/testing/eventually.js';
import { Hub, StandIn } from './hub.js';
import { run, start } from './processes.js';

type Members = Record<string, unknown>;
type Change = (text: string) => string;

const province = 'deploy/provinces/demo';
const filing = JSON.parse(
  readFileSync('apps/sandbox/samples/lltp-gen2-vneid/a-TaoHoSo.request.json', 'utf8'),
) as Members & { toKhai: Members };
/** Of this test alone, so that each of the two judicial-record systems has cases of its own. */
export const firstInterfaceProcedure = '1.000777';
export const ministryProcedure = '1.014201';

const quick: Change = (text) =>
  text
    .replaceAll(/settle: \d+s/g, 'settle: 200ms')
    .replaceAll(/first: \d+s, factor: 2, atMost: 1m/g, 'first: 200ms, factor: 2, atMost: 1s')
    .replaceAll(/every: 3s/g, 'every: 300ms')
    .replace('every: 1m, for: 365d', 'every: 1s, for: 365d');
const firstInterface: Change = (text) =>
  text
    .slice(0, text.indexOf('  # The owner changed'))
    .replace('\nid: lltp\n', '\nid: lltp-gen1\n')
    .replace("procedures: ['2.000488']", `procedures: ['${firstInterfaceProcedure}']`);

/** The demo's agencies; what a test may not wait for, and repairs without a person, are taken out. */
const files: [name: string, file: string, change: Change][] = [
  ['cong-dvc', 'agencies/cong-dvc', (text) => text.replace(/ +repairs: \{ missing-there.*\n/, '')],
  ['lltp', 'agencies/lltp', (text) => text],
  ['lltp-gen1', 'agencies/lltp', firstInterface],
  // In life the department's own software reports the ministry's results.
  [
    'mot-cua',
    'agencies/mot-cua',
    (text) => text.replace('sends: [', 'sends: [case.result-issued, case.result-revoked, '),
  ],
  ['vneid', 'agencies-more/vneid', (text) => text],
  ['bo-noi-vu', 'agencies-more/bo-noi-vu', (text) => text],
];
const played = [
  ['vneid', 'VNEID'],
  ['bo-noi-vu', 'MINISTRY'],
  ['lltp-gen1', 'LLTP_GEN1'],
] as const;

/** A hub with every stand-in that holds cases, under the demo's contracts. */
export class EveryStandIn {
  private serial = 0;
  private people = 0;

  private constructor(
    readonly hub: Hub,
    private readonly more: ReadonlyMap<string, StandIn>,
  ) {}

  static async start(): Promise<EveryStandIn> {
    const hub = await Hub.start({
      agencies: `${province}/agencies`,
      alsoAgencies: `${province}/agencies-more`,
      apps: [],
    });
    const more = new Map<string, StandIn>();
    const known = (name: string, { port, said }: StandIn['process']): void => {
      hub.env[`LIENTHONG_${name}_PORT`] = String(port);
      hub.env[`LIENTHONG_${name}_CONTROL_PORT`] = String(said.controlPort);
    };
    const { lltp, portal, oneStop } = hub.standIns;
    for (const [name, of] of [['LLTP', lltp], ['PORTAL', portal], ['ONESTOP', oneStop]] as const) known(name, of.process); // prettier-ignore
    for (const [name, variable] of played) {
      const process = await start('sandbox/src/stand-in.main.js', [name], {
        ...hub.env,
        [`LIENTHONG_${variable}_PORT`]: '0',
      });
      known(variable, process);
      more.set(name, new StandIn(name, process));
    }
    const folder = join(hub.env.LIENTHONG_SECRETS_DIR!, '..', 'every');
    await mkdir(folder);
    for (const [name, file, change] of files)
      await writeFile(join(folder, `${name}.yaml`), quick(change(await readFile(`${province}/${file}.yaml`, 'utf8'))));
    const { code, out, err } = await run('cli/src/main.js', ['setup', '--agencies', folder], hub.env);
    if (code !== 0) throw new Error(`setup failed (${code}):\n${out}\n${err}`);
    const every = new EveryStandIn(hub, more);
    for (const name of ['lltp', 'lltp-gen1'])
      await every.at(name).ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
    for (const app of ['delivery', 'reconciliation']) await hub.startApp(app);
    return every;
  }

  at(agency: string): StandIn {
    const { lltp, portal, oneStop } = this.hub.standIns;
    const usual: Record<string, StandIn> = { lltp, 'cong-dvc': portal, 'mot-cua': oneStop };
    return usual[agency] ?? this.more.get(agency)!;
  }

  /** Entered at the one-stop's counter; of two units by turns, so that a code without its unit may be two cases. */
  async enters(n: number, procedure?: string): Promise<string[]> {
    const codes = Array.from({ length: n }, () => this.nextCode());
    for (const code of codes) {
      const body =
        procedure === '1.001193' || procedure === ministryProcedure ? otherCase(code) : judicialRecordCase(code);
      await this.submit(code, { case: { ...body, ...this.of(body, procedure) } });
    }
    return codes;
  }

  /** An event that the one-stop reports. */
  reports(code: string, type: string, data: Members, files: Members[] = []): Promise<void> {
    const event = { type: `vn.lienthong.case.${type}.v1`, data };
    return this.submit(`${code}/${type}/${String(data.status)}`, { code, event, files });
  }

  /** A result with its paper, which the one-stop hands in. */
  issues(code: string): Promise<void> {
    const bytes = Buffer.from(`%PDF-1.4 ${code}`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const paper = { sha256, name: 'ket-qua.pdf', mediaType: 'application/pdf', size: bytes.length };
    const upload = { sha256, mediaType: 'application/pdf', base64: bytes.toString('base64') };
    return this.reports(code, 'result-issued', { status: 9, at: now(), documents: [paper] }, [upload]);
  }

  /** A citizen files it in VNeID. */
  async files(n: number): Promise<string[]> {
    const codes: string[] = [];
    for (let i = 0; i < n; i++) {
      const toKhai = {
        ...filing.toKhai,
        nycHoTen: `NGUYỄN VĂN NỘP ${letters(i)}`,
        nycSoGiayTo: `0792000${60_000 + i}`,
      };
      const [year, month, day] = dayIn(0).split('-');
      const body = { ...filing, ngayTiepNhan: `${day}/${month}/${year}`, toKhai };
      const filed = (await this.at('vneid').ask('POST', '/filings', body)) as { code: string; answer: Members };
      if (filed.answer['statusCode'] !== '00') throw new Error(JSON.stringify(filed.answer));
      codes.push(filed.code);
    }
    return codes;
  }

  /** Until the ledger has so many events of this type by this agency. */
  reported(agency: string, type: string, n: number): Promise<void> {
    return eventually(async () => {
      const [found] = await this.hub.rows<{ n: number }>(
        `select count(*)::int as n from events where sender = $1 and type = $2`,
        [agency, `vn.lienthong.case.${type}.v1`],
      );
      if (found!.n < n) throw new Error(`${agency} ${type}: ${found!.n} of ${n}`);
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.more.values()].map(({ process }) => process.kill('SIGTERM')));
    await this.hub.stop();
  }

  private async submit(key: string, submission: Members): Promise<void> {
    const { oneStop } = this.hub.standIns;
    await oneStop.ask('POST', '/submissions', { key, ...submission });
    await eventually(async () => {
      const state = (await oneStop.ask('GET', '/submissions/state')) as { pending: number; refused: number };
      if (state.refused > 0) throw new Error(await (await fetch(`${oneStop.control}/submissions/refused`)).text());
      if (state.pending > 0) throw new Error(`${key} is pending`);
    });
  }

  private nextCode(): string {
    const n = this.serial++;
    const day = dayIn(-3).slice(2).replaceAll('-', '');
    return `H53.${n % 2 === 0 ? '14' : '16'}-${day}-${String(Math.floor(n / 2) + 1).padStart(4, '0')}`;
  }

  /** Received three days ago, of an applicant of its own. */
  private of({ procedure, declaration }: Members, code?: string): Members {
    const n = ++this.people;
    const [name, number] = [`Nguyễn Thị Mẫu ${letters(n)}`, `07920${String(n).padStart(7, '0')}`];
    const own = declaration as Members | undefined;
    return {
      procedure: code === undefined ? procedure : { ...(procedure as Members), code },
      submittedAt: `${dayIn(-3)}T08:00:00+07:00`,
      receivedAt: `${dayIn(-3)}T08:05:00+07:00`,
      dueAt: `${dayIn(14)}T17:00:00+07:00`,
      applicant: { name, kind: 'citizen', idNumber: number },
      ...(own && { declaration: { ...own, name: name.toUpperCase(), identityPaper: { ...(own.identityPaper as Members), number } } }), // prettier-ignore
    };
  }
}

export const now = (): string => new Date().toISOString();
/** ISO day in Vietnam, so many days from today. */
export const dayIn = (days: number): string =>
  new Date(Date.now() + 7 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
/** A number as letters: names hold no digits. */
const letters = (n: number): string => [...String(n)].map((digit) => 'ABCDEGHIKL'[Number(digit)]).join('');
