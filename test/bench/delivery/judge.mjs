/**
 * Pure: what a partner wrote down, against what was entered. Knows nothing of the hub, so that it can judge peers too.
 *
 * book: { [partner]: { case, seq, eventId, status, t, sentAt } }, columns in order of arrival; case -1 is other traffic.
 * expected: { cases, events, prefix, killAt?, restartAt?, latencyFrom?, latencyTo? }; an event's id is `prefix-case-seq`.
 *
 * lost: never accepted. doubled: accepted again. outOfOrder: first accepted after a later one of its case. standing: cases
 * whose newest event was accepted.
 */
export function judge(book, expected) {
  const partners = Object.fromEntries(
    Object.entries(book).map(([partner, entries]) => [partner, judgePartner(entries, expected)]),
  );
  const all = Object.values(partners);
  const sum = (name) => all.reduce((total, verdict) => total + verdict[name], 0);
  const first = Math.min(...all.map((verdict) => verdict.first ?? Infinity));
  const last = Math.max(...all.map((verdict) => verdict.last ?? -Infinity));
  const seconds = (last - first) / 1_000;
  return {
    partners,
    lost: sum('lost'),
    doubled: sum('doubled'),
    outOfOrder: sum('outOfOrder'),
    unexpected: sum('unexpected'),
    refused: sum('refused'),
    distinct: sum('distinct'),
    first,
    last,
    seconds,
    perSecond: sum('distinct') / seconds,
    stallSeconds: expected.killAt === undefined ? undefined : longestGap(book, expected.killAt),
    resumedSeconds: expected.restartAt === undefined ? undefined : silence(book, expected),
  };
}

function judgePartner(entries, { cases, events, prefix, latencyFrom, latencyTo = Infinity }) {
  const verdict = { lost: 0, doubled: 0, outOfOrder: 0, unexpected: 0, refused: 0, distinct: 0, latencies: [] };
  const firstAt = new Float64Array(cases * events).fill(NaN);
  const newest = new Int32Array(cases);
  for (let i = 0; i < entries.t.length; i++) {
    const [c, seq, t] = [entries.case[i], entries.seq[i], entries.t[i]];
    if (c < 0) continue;
    if (!isAccepted(entries.status[i])) {
      verdict.refused++;
      continue;
    }
    if (c >= cases || seq < 1 || seq > events || entries.eventId[i] !== `${prefix}-${c}-${seq}`) {
      verdict.unexpected++;
      continue;
    }
    const place = c * events + seq - 1;
    if (!Number.isNaN(firstAt[place])) {
      verdict.doubled++;
      continue;
    }
    firstAt[place] = t;
    verdict.distinct++;
    verdict.first ??= t;
    verdict.last = t;
    if (seq < newest[c]) verdict.outOfOrder++;
    else newest[c] = seq;
    const sentAt = entries.sentAt[i];
    if (latencyFrom !== undefined && sentAt >= latencyFrom && sentAt < latencyTo) verdict.latencies.push(t - sentAt);
  }
  verdict.lost = cases * events - verdict.distinct;
  verdict.standing = newest.filter((seq) => seq === events).length;
  return verdict;
}

/** A request that was in a socket at the kill may still arrive milliseconds later: the stall is the longest gap after it. */
function longestGap(book, killAt) {
  const accepted = acceptances(book);
  const from = accepted.findIndex((t) => t > killAt);
  if (from < 0) return Infinity;
  let gap = 0;
  for (let i = Math.max(1, from); i < accepted.length; i++) gap = Math.max(gap, accepted[i] - accepted[i - 1]);
  return gap / 1_000;
}

/** From the kill to what the successor delivered first. */
function silence(book, { killAt, restartAt }) {
  return ((acceptances(book).find((t) => t > restartAt) ?? Infinity) - killAt) / 1_000;
}

const acceptances = (book) =>
  Object.values(book)
    .flatMap((entries) => entries.t.filter((_, i) => entries.case[i] >= 0 && isAccepted(entries.status[i])))
    .sort((a, b) => a - b);

const isAccepted = (status) => status >= 200 && status <= 299;

/** Acceptances of known events between two moments, first or again. */
export const acceptedBetween = (entries, from, to) =>
  entries.t.filter((t, i) => t >= from && t < to && entries.case[i] >= 0 && isAccepted(entries.status[i])).length;
