/** Published in the order of `n`; one key's messages must stay in it. */
export interface Numbered {
  key: string;
  n: number;
}

export interface Verdict {
  lost: number;
  /** Held or seen more than once. */
  repeated: number;
  /** First sightings that come after a later number of the same key. */
  outOfOrder: number;
}

/** Compares what was acknowledged with what is held, or was seen, in its order. */
export function judge(acknowledged: Iterable<number>, held: Iterable<Numbered>): Verdict {
  const sightings = new Map<number, number>();
  const last = new Map<string, number>();
  let outOfOrder = 0;
  for (const { key, n } of held) {
    const before = sightings.get(n) ?? 0;
    sightings.set(n, before + 1);
    if (before > 0) continue;
    const highest = last.get(key) ?? -1;
    if (n < highest) outOfOrder++;
    else last.set(key, n);
  }
  let lost = 0;
  for (const n of acknowledged) if (!sightings.has(n)) lost++;
  let repeated = 0;
  for (const times of sightings.values()) repeated += times - 1;
  return { lost, repeated, outOfOrder };
}
