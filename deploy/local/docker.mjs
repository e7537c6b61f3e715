import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Trouble } from './trouble.mjs';

const ANSWERS_WITHIN_MS = 5_000;

/** Runs the docker client to its end; what it wrote. Rejects with what it complained of. */
export async function docker(args, { env = process.env, input, command = ['docker'] } = {}) {
  const [program, ...before] = command;
  const running = promisify(execFile)(program, [...before, ...args], { env, maxBuffer: 64 * 1024 * 1024 });
  if (input !== undefined) running.child.stdin.end(input);
  return (await running).stdout.trim();
}

/** The version of the Docker engine that the client here speaks to; undefined where none answers. */
export async function engineVersion(env = process.env) {
  const asked = promisify(execFile)('docker', ['version', '--format', '{{.Server.Version}}'], {
    env,
    timeout: ANSWERS_WITHIN_MS,
  });
  return (await asked.catch(() => ({ stdout: '' }))).stdout.trim() || undefined;
}

export const hasImage = (image) =>
  docker(['image', 'inspect', image]).then(
    () => true,
    () => false,
  );

/** Why a test that needs an engine and these images is left out; false where it can run. CI fetches no image. */
export async function skipWithout(...needed) {
  if (!(await engineVersion())) return 'no Docker engine answers here';
  const there = await Promise.all(needed.map(hasImage));
  const missing = needed.filter((_, i) => !there[i]);
  return missing.length > 0 && `not on this machine: ${missing.join(', ')} (docker pull)`;
}

export async function needEngine(env = process.env) {
  if (await engineVersion(env)) return;
  throw new Trouble(
    'Không có Docker engine nào trả lời: hãy cài và khởi động Docker (docker info phải trả lời).',
    'No Docker engine answers: install and start Docker (docker info has to answer).',
  );
}

/** Compose as Debian 12 has it (1.29), else as a plugin of the client (v2). */
export async function composeCommand(env = process.env) {
  for (const command of [['docker-compose'], ['docker', 'compose']]) {
    const there = await docker(['version'], { command, env }).then(
      () => true,
      () => false,
    );
    if (there) return command;
  }
  throw new Trouble(
    'Không tìm thấy docker-compose: hãy cài (apt-get install docker-compose) hay dùng Docker có lệnh docker compose.',
    'docker-compose was not found: install it (apt-get install docker-compose) or a Docker with docker compose.',
  );
}
