import { freePort, isFree } from './ports.mjs';

/** What a comparison reads is garbage at once: with less room for it the process stays under 300 MiB, and is no slower. */
export const reconciliationOptions = ['--max-semi-space-size=2'];

/** The processes of the hub and of the sandbox, in the order in which they stop. `options`: of node. */
export const apps = [
  { name: 'intake', port: 'LIENTHONG_INTAKE_PORT' },
  { name: 'delivery', port: 'LIENTHONG_DELIVERY_PORT' },
  { name: 'reconciliation', port: 'LIENTHONG_RECONCILIATION_PORT', options: reconciliationOptions },
  { name: 'console', port: 'LIENTHONG_CONSOLE_PORT' },
  { name: 'sandbox', port: 'LIENTHONG_SANDBOX_PORT' },
];

export const PORT_BASE = 8080;

/** Every port by its distance from the base; the stand-ins' own ports and their control ports follow the sandbox's. */
const distances = {
  LIENTHONG_CONSOLE_PORT: 0,
  LIENTHONG_INTAKE_PORT: 1,
  LIENTHONG_DELIVERY_PORT: 2,
  LIENTHONG_RECONCILIATION_PORT: 3,
  LIENTHONG_SANDBOX_PORT: 10,
  LIENTHONG_LLTP_PORT: 11,
  LIENTHONG_PORTAL_PORT: 12,
  LIENTHONG_ONESTOP_PORT: 13,
  LIENTHONG_LLTP_CONTROL_PORT: 111,
  LIENTHONG_PORTAL_CONTROL_PORT: 112,
  LIENTHONG_ONESTOP_CONTROL_PORT: 113,
};

/** The wanted ports where they are free, else others; `taken` says which were not. */
export async function usualPorts({ base = PORT_BASE, host, env = process.env }) {
  const ports = {};
  const taken = [];
  for (const [variable, distance] of Object.entries(distances)) {
    const wanted = Number(env[variable] || base + distance);
    ports[variable] = String((await isFree(wanted, host)) ? wanted : await freePort(undefined, host));
    if (ports[variable] !== String(wanted)) taken.push({ variable, wanted, got: ports[variable] });
  }
  return { ports, taken };
}

/** Ports that nobody asked for, the remembered ones where they are still free: a second run beside the usual one. */
export async function otherPorts({ remembered = {}, host }) {
  const ports = {};
  for (const variable of Object.keys(distances))
    ports[variable] = String(await freePort(Number(remembered[variable]) || undefined, host));
  return ports;
}
