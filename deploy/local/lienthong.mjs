#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, runFolder } from './place.mjs';
import { Trouble, refuseUnfitMachine, runCommand } from './trouble.mjs';

// `lienthong` in a checkout: the CLI under Node 24, pointed at the hub that `npm start` runs here. What the caller's own
// environment says wins.
await runCommand(async () => {
  refuseUnfitMachine();
  const stamp = join(checkout, 'node_modules/.lienthong-installed.json');
  const main = join(checkout, 'dist/apps/cli/src/main.js');
  if (!existsSync(stamp) || !existsSync(main)) {
    throw new Trouble(
      'Chưa cài hay chưa biên dịch: hãy chạy npm start (hoặc npm run build) trước.',
      'Not installed or not built yet: run npm start (or npm run build) first.',
    );
  }
  const { node } = JSON.parse(readFileSync(stamp, 'utf8'));
  const remembered = join(runFolder, 'env.json');
  const running = existsSync(remembered) ? JSON.parse(readFileSync(remembered, 'utf8')) : {};
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...running, ...process.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signal === 'SIGTERM' && child.kill(signal));
  const [code, signal] = await new Promise((resolve) => child.once('exit', (...how) => resolve(how)));
  return signal ? 1 : code;
});
