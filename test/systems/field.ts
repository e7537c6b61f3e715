import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Hub, StandIn } from '../journeys/hub.js';
import { PortalClient } from '../journeys/portal-client.js';
import { start } from '../journeys/processes.js';
import { Consumers } from './consumers.js';
import { writeFieldFiles } from './field-files.js';
import { LosingProxy } from './losing-proxy.js';
import { Register } from './register.js';
import { World } from './world.js';

const PASSWORD = 'mat-khau-mau';

interface Parts {
  /** Made for this run. */
  folders: string[];
  /** The way of those who call the hub. */
  toIntake: LosingProxy;
  toDeclared: LosingProxy;
  toWebhook: LosingProxy;
  declared: ChildProcess;
  declaredAt: string;
  /** A register that speaks SOAP, and the way to it. */
  register: Register;
  toRegister: LosingProxy;
  consumers: Consumers;
  portalSpeaking: PortalClient;
}

/** Every system of the field at one hub, each with a stand-in and a book of its own, under the machine's clock. */
export class Field extends World {
  private constructor(
    hub: Hub,
    patienceMs: number,
    readonly parts: Parts,
  ) {
    super(hub, patienceMs);
  }

  static async start(patienceMs: number): Promise<Field> {
    const folder = await mkdtemp(join(tmpdir(), 'systems-'));
    const signs = `whsec_${randomBytes(32).toString('base64')}`;
    await writeSecrets(join(folder, 'secrets'), {
      BO_CONG_AN_WEBHOOK: signs,
      QLLD_PASSWORD: PASSWORD,
      REGISTER: 'mat-khau-mau',
    });
    const consumers = new Consumers(folder);
    const listens = await consumers.start('bo-cong-an', { LIENTHONG_WEBHOOK_SECRET: signs, PORT: '0' });
    const toWebhook = await LosingProxy.to(`http://127.0.0.1:${listens.split(' ')[1]}`);
    const { child: declared, address: declaredAt } = await startDeclared();
    const toDeclared = await LosingProxy.to(declaredAt);
    const register = await Register.start();
    const toRegister = await LosingProxy.to(register.url);
    const agencies = await writeFieldFiles();
    const hub = await Hub.start({
      agencies,
      apps: [],
      env: {
        LIENTHONG_SECRETS_DIR: join(folder, 'secrets'),
        LIENTHONG_WEBHOOK_PORT: String(toWebhook.port),
        LIENTHONG_REGISTER_PORT: String(toRegister.port),
        LIENTHONG_QLLD_PORT: String(toDeclared.port),
        // The portal-speaking one-stop hands no papers over here.
        LIENTHONG_FILES_PORT: '9',
      },
    });
    const toIntake = await LosingProxy.to(hub.intake);
    const portalSpeaking = new PortalClient(toIntake.url, 'mot-cua-cu', await hub.key('mot-cua-cu'));
    const folders = [folder, agencies];
    const parts = {
      folders,
      toIntake,
      toDeclared,
      toWebhook,
      declared,
      declaredAt,
      register,
      toRegister,
      consumers,
      portalSpeaking,
    };
    const field = new Field(hub, patienceMs, parts);
    await field.join(agencies);
    return field;
  }

  private get ways(): LosingProxy[] {
    const { toIntake, toDeclared, toRegister, toWebhook } = this.parts;
    return [toIntake, toDeclared, toRegister, toWebhook];
  }

  get counter(): StandIn {
    return this.partner('mot-cua');
  }

  override async stop(): Promise<void> {
    const { consumers, declared, portalSpeaking, register } = this.parts;
    consumers.stop();
    declared.kill('SIGKILL');
    await portalSpeaking.close();
    await super.stop();
    for (const way of this.ways) way.stop();
    await register.stop();
    for (const folder of this.parts.folders) await rm(folder, { recursive: true, force: true });
  }

  override async calm(): Promise<void> {
    for (const way of this.ways) way.lose(0);
    await super.calm();
  }

  /** The other stand-ins, and then the files once more: now they lead to the ports that were free. */
  private async join(agencies: string): Promise<void> {
    const { hub } = this;
    const { lltp, portal, oneStop } = hub.standIns;
    for (const [id, standIn, variable] of [
      ['lltp', lltp, 'LLTP'],
      ['cong-dvc', portal, 'PORTAL'],
      ['mot-cua', oneStop, 'ONESTOP'],
    ] as const)
      this.knows(id, standIn, variable);
    const callsThrough = { LIENTHONG_INTAKE_URL: this.parts.toIntake.url };
    await this.play('lltp-gen1', 'LLTP_GEN1');
    await this.play('bo-noi-vu', 'MINISTRY');
    await this.play('vneid', 'VNEID', callsThrough);
    for (const id of ['lltp', 'lltp-gen1'])
      await this.partner(id).ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
    await this.lienthong('setup', '--agencies', agencies);
    await hub.startApp('delivery');
    await hub.startApp('reconciliation');
    await this.consume();
  }

  private async play(id: string, variable: string, more: Record<string, string> = {}): Promise<void> {
    const env = { ...this.hub.env, ...more, [`LIENTHONG_${variable}_PORT`]: '0' };
    const standIn = new StandIn(id, await start('sandbox/src/stand-in.main.js', [id], env));
    this.hub.apps.set(`stand-in ${id}`, standIn.process);
    this.knows(id, standIn, variable);
  }

  private knows(id: string, standIn: StandIn, variable: string): void {
    this.partners.set(id, standIn);
    this.hub.env[`LIENTHONG_${variable}_PORT`] = String(standIn.process.port);
    this.hub.env[`LIENTHONG_${variable}_CONTROL_PORT`] = String(standIn.process.said.controlPort);
  }

  private async consume(): Promise<void> {
    const { hub, parts } = this;
    const { KAFKA_BROKERS, LIENTHONG_NAMESPACE } = hub.env;
    const kafka = { KAFKA_BROKERS: KAFKA_BROKERS!, LIENTHONG_NAMESPACE: LIENTHONG_NAMESPACE! };
    await parts.consumers.start('bo-tu-phap', kafka);
    await parts.consumers.start('mot-cua-cu', kafka);
    const key = await hub.key('bo-ngoai-giao');
    await parts.consumers.start('bo-ngoai-giao', { LIENTHONG_URL: parts.toIntake.url, LIENTHONG_KEY: key });
  }
}

async function writeSecrets(folder: string, secrets: Record<string, string>): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  for (const [name, value] of Object.entries(secrets)) await writeFile(join(folder, name), value, { mode: 0o600 });
}

/** The partner that docs/newcomer describes. */
async function startDeclared(): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, ['docs/newcomer/partner.mjs', '0'], {
    env: { PATH: process.env.PATH, QLLD_PASSWORD: PASSWORD },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, address: `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}` };
}
