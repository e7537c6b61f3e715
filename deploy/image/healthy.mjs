import { readFileSync } from 'node:fs';
import { healthUrl } from './processes.mjs';

/** Which process a container runs stands in its first process' command line, with or without an init before it. */
const words = readFileSync('/proc/1/cmdline', 'utf8').split('\0');
const name = words[words.findIndex((word) => word.endsWith('deploy/image/run.mjs')) + 1];
const url = healthUrl(name);
if (url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) }).catch(() => undefined);
  process.exitCode = answer?.ok ? 0 : 1;
}
