import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { judicialRecordCase } from './cases.js';
import { Hub, StandIn } from './hub.js';
import { run, start } from './processes.js';

const agencies = 'deploy/provinces/demo/agencies';

/** A clock that every process of a hub looks at, whatever the machine's says. */
export class FrozenClock {
  private constructor(
    private readonly file: string,
    readonly env: Record<string, string>,
  ) {}

  static async at(time: string): Promise<FrozenClock> {
    const file = join(await mkdtemp(join(tmpdir(), 'lienthong-clock-')), 'now');
    const preload = pathToFileURL(join(import.meta.dirname, 'frozen-hub-clock.mjs')).href;
    const clock = new FrozenClock(file, { NODE_OPTIONS: `--import=${preload}`, TEST_HUB_CLOCK: file });
    await clock.set(time);
    return clock;
  }

  /** At once and whole: no process sees a half-written time. */
  async set(time: string): Promise<void> {
    await writeFile(`${this.file}.next`, time);
    await rename(`${this.file}.next`, this.file);
  }
}

/** The demo's agencies with both systems of the judicial records, each with books of its own, on a hub whose clock stands. */
export async function hubWithTwoOwners(clock: FrozenClock): Promise<{ hub: Hub; first: StandIn; second: StandIn }> {
  const hub = await Hub.start({ agencies, env: clock.env, apps: [] });
  const played = await start('sandbox/src/stand-in.main.js', ['lltp-gen1'], {
    ...hub.env,
    LIENTHONG_LLTP_GEN1_PORT: '0',
  });
  const first = new StandIn('lltp-gen1', played);
  const { lltp: second, portal, oneStop } = hub.standIns;
  Object.assign(hub.env, {
    LIENTHONG_LLTP_GEN1_PORT: String(played.port),
    LIENTHONG_LLTP_GEN1_CONTROL_PORT: String(played.said.controlPort),
    LIENTHONG_LLTP_CONTROL_PORT: String(second.process.said.controlPort),
    LIENTHONG_PORTAL_CONTROL_PORT: String(portal.process.said.controlPort),
    LIENTHONG_ONESTOP_CONTROL_PORT: String(oneStop.process.said.controlPort),
  });
  const { code, out, err } = await run('cli/src/main.js', ['setup', '--agencies', agencies], hub.env);
  if (code !== 0) throw new Error(`setup failed (${code}):\n${out}\n${err}`);
  for (const standIn of [first, second])
    await standIn.ask('PUT', '/processing', { toInProgressMs: null, toDoneMs: null });
  await hub.startApp('delivery');
  return { hub, first, second };
}

/** Received on that day, under that procedure. */
export function caseOf(code: string, day: string, procedure = '2.000488'): Record<string, unknown> {
  const at = (time: string): string => `${day}T${time}+07:00`;
  const name = 'Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam';
  return {
    ...judicialRecordCase(code),
    procedure: { code: procedure, name },
    submittedAt: at('08:00:00'),
    receivedAt: at('08:05:00'),
    dueAt: '2025-03-20T17:00:00+07:00',
  };
}

let serial = 0;
/** A code of its own, of that day. */
export const codeOf = (day: string): string =>
  `000.00.30.H53-${day.slice(2).replaceAll('-', '')}-${String(++serial).padStart(4, '0')}`;
