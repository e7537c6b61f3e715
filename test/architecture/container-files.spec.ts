import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { healthUrl, processes } from '../../deploy/image/processes.mjs';
import { images } from '../../deploy/local/images.mjs';

interface Service {
  image: string;
  entrypoint?: string[];
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  secrets?: string[];
  volumes?: string[];
  ports?: string[];
  profiles?: string[];
  healthcheck?: object;
}

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const compose = parse(read('deploy/compose/compose.yaml'), { merge: true }) as {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
};
const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ').split('\n');
const instructions = (name: string): string[] =>
  dockerfile.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.includes('LIENTHONG_IMAGE'));
/** `${NAME:-otherwise}` as it is where nobody sets NAME. */
const plain = (text: string): string => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');

/** What docker-compose 1.29 takes of a service; it refuses whatever is newer. */
const serviceMembers =
  `cap_drop command depends_on entrypoint environment healthcheck image init logging ports profiles read_only restart
   secrets security_opt shm_size stop_grace_period tmpfs volumes`.split(/\s+/);

describe('deploy/compose/compose.yaml', () => {
  it('says nothing that docker-compose 1.29 does not know', () => {
    const known = (name: string): boolean => ['version', 'services', 'secrets', 'volumes'].includes(name);
    expect(Object.keys(compose).filter((name) => !known(name) && !name.startsWith('x-'))).toEqual([]);
    for (const [name, service] of services)
      expect({ name, strange: Object.keys(service).filter((key) => !serviceMembers.includes(key)) }).toEqual({
        name,
        strange: [],
      });
  });

  it('runs every process of the image, and nothing that the image does not have', () => {
    const run = ['node', 'deploy/image/run.mjs'];
    const commands = ours.map(([, { entrypoint = run, command = [] }]) => {
      expect(entrypoint.slice(0, 2)).toEqual(run);
      return [...entrypoint.slice(2), ...command][0];
    });
    expect([...new Set(commands)].sort()).toEqual(Object.keys(processes).sort());
  });

  it('names the public images that the tests run on, from no registry of its own', () => {
    const named = services.map(([, { image }]) => plain(image)).filter((image) => !image.startsWith('lienthong'));
    expect(named.sort()).toEqual(Object.values(images).sort());
    const bases = instructions('ARG').map((line) => line.split('=')[1]!);
    for (const image of [...named, ...bases]) expect(image).toMatch(/^([a-z]+\/)?[a-z]+:[\w.-]+$/);
  });

  it('refers only to services, secrets and volumes that are there, and publishes on the loopback alone', () => {
    for (const [, { depends_on = {}, secrets = [], volumes = [], ports = [] }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        expect(Object.keys(compose.services)).toContain(other);
        const healthy = condition === 'service_healthy' && compose.services[other]?.healthcheck !== undefined;
        expect(healthy || condition === 'service_completed_successfully').toBe(true);
      }
      for (const secret of secrets) expect(Object.keys(compose.secrets)).toContain(secret);
      for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
      for (const port of ports) expect(plain(port)).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
    }
  });

  it('keeps passwords out of the environment', () => {
    const isSecret = (key: string): boolean => /^(DATABASE|REDIS)_URL$|PASSWORD|SECRET/.test(key);
    for (const [name, { environment = {} }] of services)
      expect({ name, told: Object.keys(environment).filter(isSecret) }).toEqual({ name, told: [] });
  });

  it('tells set-up where the stand-ins of the agency files are', () => {
    const asked = ['lltp', 'cong-dvc', 'mot-cua'].flatMap((id) => [
      ...read(`deploy/provinces/demo/agencies/${id}.yaml`).matchAll(/\$\{(LIENTHONG_\w+_HOST):-/g),
    ]);
    const hosts = [...new Set(asked.map(([, name]) => name!))];
    expect(hosts.length).toBeGreaterThan(0);
    for (const host of hosts)
      expect(Object.keys(compose.services)).toContain(compose.services['setup']?.environment?.[host]);
  });
});

describe('Dockerfile', () => {
  it('builds without BuildKit, and runs as nobody in particular with a health check', () => {
    expect(dockerfile.filter((line) => /RUN --mount|<<|COPY --(chmod|link|parents)/.test(line))).toEqual([]);
    const final = dockerfile.slice(dockerfile.findLastIndex((line) => line.startsWith('FROM ')));
    expect(final.filter((line) => /^USER node$|^HEALTHCHECK /.test(line))).toHaveLength(2);
  });

  it('copies only what is there and is let into the build', () => {
    const letIn = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = instructions('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => line.split(' ').slice(0, -1));
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) {
      expect([path, existsSync(join(root, path))]).toEqual([path, true]);
      expect(letIn).toContain(path);
    }
  });

  it('asks each process for its health where the process itself listens', () => {
    for (const [name, at] of Object.entries(processes)) {
      expect(existsSync(join(root, 'apps', name, 'src/main.ts'))).toBe(true);
      if (!at) continue;
      const settings = read(`apps/${name}/src/settings.ts`);
      expect(settings).toMatch(new RegExp(`'${at.variable}'[^)]*\\b${at.port}\\)`));
      expect(instructions('EXPOSE')[0]!.split(' ')).toContain(String(at.port));
    }
    expect(healthUrl('intake', { LIENTHONG_INTAKE_PORT: '9' })).toBe('http://127.0.0.1:9/healthz');
    expect(healthUrl('cli')).toBeUndefined();
  });
});
