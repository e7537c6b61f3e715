import { join } from 'node:path';

import { Secret } from './stand-in/secrets.js';
import type { PlayedName, StandInName } from './stand-in/stand-in.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where one stand-in listens. Port 0 takes a free one. */
interface StandInPorts {
  host: string;
  port: number;
  controlPort: number;
}

interface SandboxSettings {
  host: string;
  /** Counter form and overview. */
  port: number;
  /** A made-up visitor enters a case at the counter this often; 0: nobody comes by themselves. */
  visitorEveryMs: number;
  standIns: Record<StandInName, StandInPorts>;
}

const ports: Record<PlayedName, { variable: string; otherwise: number }> = {
  lltp: { variable: 'LIENTHONG_LLTP_PORT', otherwise: 8091 },
  'cong-dvc': { variable: 'LIENTHONG_PORTAL_PORT', otherwise: 8092 },
  'mot-cua': { variable: 'LIENTHONG_ONESTOP_PORT', otherwise: 8093 },
  'bo-noi-vu': { variable: 'LIENTHONG_MINISTRY_PORT', otherwise: 8094 },
  'lltp-gen1': { variable: 'LIENTHONG_LLTP_GEN1_PORT', otherwise: 8096 },
  vneid: { variable: 'LIENTHONG_VNEID_PORT', otherwise: 8097 },
  'csdl-tthc': { variable: 'LIENTHONG_PROCEDURES_PORT', otherwise: 8098 },
};

/** The control port is the partner port + 100 unless …_CONTROL_PORT says otherwise; of a free port it is free too. */
export function standInPorts(name: PlayedName, env: Environment): StandInPorts {
  const { variable, otherwise } = ports[name];
  const port = portIn(env, variable, otherwise);
  return {
    host: env['LIENTHONG_HOST'] ?? '127.0.0.1',
    port,
    controlPort: portIn(env, variable.replace(/_PORT$/, '_CONTROL_PORT'), port === 0 ? 0 : port + 100),
  };
}

export function sandboxSettings(env: Environment): SandboxSettings {
  return {
    host: env['LIENTHONG_HOST'] ?? '127.0.0.1',
    port: portIn(env, 'LIENTHONG_SANDBOX_PORT', 8090),
    visitorEveryMs: Number(env['LIENTHONG_VISITOR_EVERY_MS'] ?? '0'),
    standIns: {
      lltp: standInPorts('lltp', env),
      'cong-dvc': standInPorts('cong-dvc', env),
      'mot-cua': standInPorts('mot-cua', env),
    },
  };
}

/** Books of all stand-ins, one file each. */
const booksDir = (env: Environment): string => env['LIENTHONG_BOOKS_DIR'] ?? join(process.cwd(), '.lienthong', 'books');

/** Without a folder of secrets a stand-in expects the samples' own placeholder. */
const secret = (env: Environment, name: string): Secret => new Secret(env['LIENTHONG_SECRETS_DIR'], name, '<secret>');

export const lltpSettings = (env: Environment) => ({
  booksDir: booksDir(env),
  key: secret(env, env['LIENTHONG_LLTP_SECRET'] ?? 'LLTP_KEY'),
  paths: {
    apply: env['LIENTHONG_LLTP_APPLY_PATH'] ?? '/api/lltp/gui-ho-so',
    poll: env['LIENTHONG_LLTP_POLL_PATH'] ?? '/api/lltp/ket-qua',
  },
});

/** Inferred: one path per function below an exchange platform's address. */
export const firstLltpSettings = (env: Environment) => ({
  booksDir: booksDir(env),
  secret: secret(env, env['LIENTHONG_LLTP_GEN1_SECRET'] ?? 'LLTP_GEN1_SECRET'),
  consumer: env['LIENTHONG_LLTP_GEN1_CONSUMER'] ?? 'tinh-mau',
  path: env['LIENTHONG_LLTP_GEN1_PATH'] ?? '/lltp',
});

export const portalSettings = (env: Environment) => ({
  booksDir: booksDir(env),
  password: secret(env, env['LIENTHONG_PORTAL_SECRET'] ?? 'CONG_DVC_PASSWORD'),
  username: env['LIENTHONG_PORTAL_USERNAME'] ?? 'tinh-mau',
  /** Adapter code that the header dstcode must hold, and the sender's unit. Empty takes any that is not. */
  dstcode: env['LIENTHONG_PORTAL_DSTCODE'] ?? '',
  madonvi: env['LIENTHONG_PORTAL_MADONVI'] ?? '',
});

/** Inferred: the paths are not published. */
export const ministrySettings = (env: Environment) => ({
  booksDir: booksDir(env),
  secret: secret(env, env['LIENTHONG_MINISTRY_SECRET'] ?? 'BO_NOI_VU_SECRET'),
  clientId: env['LIENTHONG_MINISTRY_CLIENT_ID'] ?? 'tinh-mau',
  paths: {
    token: '/token',
    nextValue: '/GetNextValue',
    upload: '/upload',
    create: '/NoiHoSo',
    progress: '/CapNhatTienTrinh',
    status: '/CapNhatTrangThai',
  },
});

/** A scenario that every stand-in plays its part of from its start, and how many times faster than the file says. */
export const scenarioSettings = (env: Environment): { file: string | undefined; pace: number } => {
  const pace = Number(env['LIENTHONG_SCENARIO_PACE'] || 1);
  if (!(pace > 0)) throw new Error('LIENTHONG_SCENARIO_PACE is a number above 0');
  return { file: env['LIENTHONG_SCENARIO'] || undefined, pace };
};

export const vneidSettings = (env: Environment) => ({
  booksDir: booksDir(env),
  returnPath: env['LIENTHONG_VNEID_RETURN_PATH'] ?? '/v2/lyLichTuPhap/traKetQuaHoSoLLTP',
  intakeUrl: intakeUrl(env),
  agency: env['LIENTHONG_VNEID_AGENCY'] ?? 'vneid',
  key: secret(env, `${env['LIENTHONG_VNEID_AGENCY'] ?? 'vneid'}.key`),
});

export const proceduresSettings = (env: Environment) => ({ booksDir: booksDir(env) });

const intakeUrl = (env: Environment): string =>
  env['LIENTHONG_INTAKE_URL'] ?? `http://127.0.0.1:${env['LIENTHONG_INTAKE_PORT'] ?? '8081'}`;

/** One-stops beside the province's (LIENTHONG_ONESTOP_ID) keep their books in folders of their own. */
export function oneStopSettings(env: Environment) {
  const id = env['LIENTHONG_ONESTOP_ID'] ?? 'mot-cua';
  return {
    id,
    booksDir: id === 'mot-cua' ? booksDir(env) : join(booksDir(env), id),
    /** What the hub shows when it delivers here. */
    deliveryKey: secret(env, env['LIENTHONG_ONESTOP_SECRET'] ?? 'MOT_CUA_INBOUND_KEY'),
    /** What this one-stop shows at the hub's intake. */
    intakeKey: secret(env, `${id}.key`),
    intakeUrl: intakeUrl(env),
    /** Two spellings of one unit: four levels until the end of 2025, agency first since. */
    units: {
      until2025: env['LIENTHONG_ONESTOP_UNIT_2018'] ?? '000.00.14.H53',
      since2026: env['LIENTHONG_ONESTOP_UNIT'] ?? 'H53.14',
    },
  };
}

function portIn(env: Environment, variable: string, otherwise: number): number {
  const text = env[variable];
  if (text === undefined || text === '') return otherwise;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${variable} is a port number, not "${text}"`);
  return port;
}
