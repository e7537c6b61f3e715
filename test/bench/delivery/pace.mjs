import { setTimeout as sleep } from 'node:timers/promises';
import { now } from './workload.mjs';

/** Calls `enter(events)` so that every event goes when it is due, whatever the answers take. Resolves when all are in. */
export async function pace(events, perSecond, enter) {
  const startedAt = now();
  const under = new Set();
  let failed;
  for (let given = 0; given < events.length && !failed;) {
    const due = Math.min(events.length, Math.floor(((now() - startedAt) * perSecond) / 1_000) + 1);
    if (due > given) {
      const one = enter(events.slice(given, due))
        .catch((error) => (failed ??= error))
        .finally(() => under.delete(one));
      under.add(one);
      given = due;
    }
    await sleep(1);
  }
  await Promise.all(under);
  if (failed) throw failed;
}
