import { sweep } from './containers.mjs';

/** Waits for the end of whoever started it, which closes this input, then removes the containers of its tests. */
process.stdin.resume().once('end', async () => {
  await sweep();
  process.exit();
});
