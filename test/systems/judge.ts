import { eventually } from '../../libs/wire/src/testing/eventually.js';
import type { Counted } from './system.js';
import type { World } from './world.js';

type Book = () => Promise<readonly string[]>;

/** True once it holds; false where patience ends first. Any other failure is one of the program. */
async function comesTrue(check: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  let holds = false;
  await eventually(async () => {
    holds = await check();
    if (!holds) throw new Error('not yet');
  }, withinMs).catch((error: Error) => {
    if (error.message !== 'not yet') throw error;
  });
  return holds;
}

/** What the book of the far end must hold: each of `expected` once, and nothing that nobody sent. */
export async function eachOnce(world: World, expected: readonly string[], book: Book): Promise<Counted> {
  await comesTrue(async () => {
    const held = new Set(await book());
    return expected.every((key) => held.has(key));
  }, world.patienceMs);
  // A second copy would come now.
  await world.hub.atRest(world.patienceMs + 60_000);
  return compared(expected, await book(), (key) => !world.known.has(codeIn(key)));
}

/** Two books, item by item. */
export function compared(
  expected: readonly string[],
  held: readonly string[],
  strange: (key: string) => boolean,
): Counted {
  const times = new Map<string, number>();
  for (const key of held) times.set(key, (times.get(key) ?? 0) + 1);
  const there = expected.filter((key) => times.has(key));
  const wanted = new Set(expected);
  const doubled = expected.filter((key) => (times.get(key) ?? 0) > 1).length;
  const strangers = [...times.keys()].filter((key) => !wanted.has(key) && strange(key)).length;
  return {
    sent: expected.length,
    delivered: there.length,
    discrepancies: expected.length - there.length + doubled + strangers,
  };
}

/** A key is a code, or a code and what happened to it. */
const codeIn = (key: string): string => key.split(' ')[0]!;

/** Refused there and not applied, and each delivery waits for a person with the partner's own words. */
export async function parkedWith(
  world: World,
  of: {
    agency: string;
    words: string;
    codes: readonly string[];
    keys?: readonly string[];
    refused?: Book;
    applied: Book;
  },
): Promise<Counted> {
  const { codes, keys = codes } = of;
  await world.hub.atRest(world.patienceMs + 60_000);
  // A partner that keeps no line of what it refused: that it holds nothing and said so is all there is.
  const [refused, applied] = [new Set((await of.refused?.()) ?? keys), new Set(await of.applied())];
  const parked = await world.hub.rows<{ code: string; reason: string | null }>(
    `select a.code, d.reason from deliveries d join aliases a using (stream_id)
     where a.code = any($1) and d.agency_id = $2 and d.state = 'parked'`,
    [codes, of.agency],
  );
  const told = new Set(parked.filter(({ reason }) => reason?.includes(of.words)).map(({ code }) => code));
  return counted(codes.map((code, i) => refused.has(keys[i]!) && told.has(code) && !applied.has(keys[i]!)));
}

/** Refused at the hub's door with words that name the fault, and nothing of it in the book where it would have ended. */
export async function refusedAtDoor(
  world: World,
  answers: readonly { code: string; words: string }[],
  words: string,
  book: Book,
): Promise<Counted> {
  await world.hub.atRest(world.patienceMs + 60_000);
  const held = new Set(await book());
  return counted(answers.map((answer) => answer.words.includes(words) && !held.has(answer.code)));
}

/** One thing a case: right or not. */
function counted(right: readonly boolean[]): Counted {
  const delivered = right.filter(Boolean).length;
  return { sent: right.length, delivered, discrepancies: right.length - delivered };
}

interface Result {
  discrepancies: { type: string; agency: string | null }[];
  byAgency: Record<string, { expected: number; delivered: number; unverified: number; parked: number }>;
}

/** One count of both sides' books, by the process that makes it: what it says of this agency. */
export async function reconciled(world: World, agency: string): Promise<Counted> {
  await world.hub.atRest(world.patienceMs + 60_000);
  const at = `http://127.0.0.1:${world.hub.env.LIENTHONG_RECONCILIATION_PORT}/v1/runs`;
  const response = await fetch(at, { method: 'POST' });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const { byAgency, discrepancies } = (await response.json()) as Result;
  const found = byAgency[agency];
  if (!found) throw new Error(`the count says nothing of ${agency}`);
  const { expected, delivered, unverified, parked } = found;
  const named = discrepancies.filter((one) => one.agency === agency).length;
  // What waits for a person isn't on its way: each refusal of this run is one.
  return { sent: expected - parked, delivered: delivered + unverified, discrepancies: named };
}

/** Where no contract names a book to be read: the whole book against all that was due in this run, and the hub's own count. */
export async function bookAgrees(world: World, agency: string, due: readonly string[], book: Book): Promise<Counted> {
  const { discrepancies } = await reconciled(world, agency);
  const whole = compared(due, await book(), () => true);
  return { ...whole, discrepancies: whole.discrepancies + discrepancies };
}
