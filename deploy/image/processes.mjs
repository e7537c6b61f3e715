/** What the image runs by name, and where each answers /healthz: apps/<name>/src/settings.ts has the same ports. */
export const processes = {
  intake: { variable: 'LIENTHONG_INTAKE_PORT', port: 8081 },
  delivery: { variable: 'LIENTHONG_DELIVERY_PORT', port: 8082 },
  reconciliation: { variable: 'LIENTHONG_RECONCILIATION_PORT', port: 8083 },
  console: { variable: 'LIENTHONG_CONSOLE_PORT', port: 8080 },
  sandbox: { variable: 'LIENTHONG_SANDBOX_PORT', port: 8090 },
  /** Runs to an end: nothing to ask. */
  cli: undefined,
};

/** Where the named process answers, or undefined for one that listens nowhere. */
export function healthUrl(name, env = process.env) {
  const at = processes[name];
  return at && `http://127.0.0.1:${env[at.variable] || at.port}/healthz`;
}
