import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setClock } from '../../libs/ledger/src/testing/moved-clock.js';
import { Hub, StandIn } from '../journeys/hub.js';
import { start } from '../journeys/processes.js';
import { quick } from './field-files.js';
import { LosingProxy } from './losing-proxy.js';
import { World } from './world.js';

const PROVINCE = 'deploy/provinces/ba-cap';
/** The last days of the districts. */
const CLOCK = '2025-06-20T08:30:00+07:00';
const beside = {
  'mot-cua-xa': 'XA',
  'mot-cua-huyen': 'HUYEN',
  'mot-cua-khu-vuc': 'KHU_VUC',
  'cong-an-tinh': 'CONG_AN',
} as const;

/** One-stops at three levels, each a process and a book of its own, on routes; the ledger's clock before 1 July 2025. */
export class Levels extends World {
  private constructor(
    hub: Hub,
    patienceMs: number,
    /** The way of the one-stops to the hub. */
    readonly toIntake: LosingProxy,
    private readonly agencies: string,
  ) {
    super(hub, patienceMs);
  }

  static async start(patienceMs: number): Promise<Levels> {
    const agencies = await writeProvince();
    const hub = await Hub.start({ agencies, apps: [] });
    const levels = new Levels(hub, patienceMs, await LosingProxy.to(hub.intake), agencies);
    await levels.join();
    return levels;
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.toIntake.stop();
    await rm(dirname(this.agencies), { recursive: true, force: true });
  }

  override async calm(): Promise<void> {
    this.toIntake.lose(0);
    await super.calm();
  }

  private async join(): Promise<void> {
    const { hub } = this;
    this.partners.set('mot-cua', hub.standIns.oneStop);
    hub.env.LIENTHONG_ONESTOP_CONTROL_PORT = String(hub.standIns.oneStop.process.said.controlPort);
    for (const [id, variable] of Object.entries(beside)) {
      const env = { ...hub.env, LIENTHONG_ONESTOP_ID: id, LIENTHONG_ONESTOP_PORT: '0', LIENTHONG_ONESTOP_CONTROL_PORT: '0', LIENTHONG_INTAKE_URL: this.toIntake.url }; // prettier-ignore
      const standIn = new StandIn(id, await start('sandbox/src/stand-in.main.js', ['mot-cua'], env));
      hub.apps.set(`stand-in ${id}`, standIn.process);
      hub.env[`LIENTHONG_ONESTOP_${variable}_PORT`] = String(standIn.process.port);
      hub.env[`LIENTHONG_ONESTOP_${variable}_CONTROL_PORT`] = String(standIn.process.said.controlPort);
      this.partners.set(id, standIn);
    }
    await this.lienthong('setup', '--agencies', this.agencies);
    // Connections that are open know the old clock.
    await hub.apps.get('intake')!.kill('SIGTERM');
    await setClock(hub.env.DATABASE_URL!, CLOCK);
    await hub.startApp('intake', { LIENTHONG_INTAKE_PORT: hub.env.LIENTHONG_INTAKE_PORT! });
    await hub.startApp('delivery');
    await hub.startApp('reconciliation');
  }
}

async function writeProvince(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'systems-province-'));
  for (const file of ['units.yaml', 'routes.yaml']) await cp(join(PROVINCE, file), join(folder, file));
  await mkdir(join(folder, 'agencies'));
  for (const file of await readdir(join(PROVINCE, 'agencies'))) {
    const text = await readFile(join(PROVINCE, 'agencies', file), 'utf8');
    await writeFile(join(folder, 'agencies', file), quick(text));
  }
  return join(folder, 'agencies');
}
