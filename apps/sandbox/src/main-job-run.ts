import { call } from './main-job-calls.js';
import { countSubmissions, feedYear, type Fed } from './main-job-feed.js';
import type { MainJobAddresses, MainJobOptions } from './main-job-options.js';
import { outageLength, playOutage, prepareLltp } from './main-job-outage.js';
import { MainJobProgress, thousands } from './main-job-progress.js';
import { faultsOf, figuresOf, type Counted, type LedgerYear, type MainJobResult } from './main-job-report.js';
import { watchUntilRest, type Standing } from './main-job-watch.js';
import { YearPlan } from './year/plan-year.js';
import type { ProvinceYear } from './year/province-year.js';
import { total } from './year/quotas.js';

/** Feeds the year, takes LLTP away in the middle, waits until nothing moves, counts. May be killed and run again at any point. */
export async function runMainJob(
  year: ProvinceYear,
  options: MainJobOptions,
  addresses: MainJobAddresses,
): Promise<MainJobResult> {
  const plan = new YearPlan(year, options.cases, options.seed);
  const expected = countSubmissions(plan);
  const progress = new MainJobProgress(expected);
  progress.say(
    `Năm ${year.year} của Uông Bí: ${thousands(options.cases)} hồ sơ, ${thousands(expected)} lượt gửi · ` +
      `the year ${year.year} of Uông Bí: ${thousands(options.cases)} cases, ${thousands(expected)} submissions, seed ${options.seed}`,
  );
  await prepareLltp(addresses.lltp);
  const outage = new Outage(addresses.lltp, progress, expected, total(plan.quotas.judicial) > 0, options.outageSeconds);
  const fed: Fed = { handedOver: 0, done: false };
  const started = performance.now();

  const feeding = feedYear(addresses.oneStop, plan, fed);
  const watching = watchUntilRest(addresses, expected, (standing) => {
    outage.look(standing, secondsSince(started));
    progress.show(standing, outage.isDown);
  });
  const [rest] = await Promise.all([watching, feeding]);
  await outage.over;
  const seconds = secondsSince(started);

  progress.say('Đối soát sổ hai bên · counting both sides’ books');
  const counted = await call<Counted>(`${addresses.reconciliation}/v1/runs`, { method: 'POST', json: {} });
  const ledger = await call<LedgerYear>(`${addresses.reconciliation}/v1/figures?year=${year.year}&enteredBy=mot-cua`);
  const figures = figuresOf(year, plan.quotas, ledger);
  return {
    ...pick(counted),
    seconds: Math.round(seconds * 10) / 10,
    figures,
    cases: options.cases,
    seed: options.seed,
    outageSeconds: outage.seconds,
    refused: rest.standing.refused,
    atRest: rest.kind === 'at-rest',
    faults: faultsOf(counted, figures, rest),
  };
}

/** LLTP goes once, when half of the year is in, and comes back by itself. */
class Outage {
  isDown = false;
  seconds = 0;
  over: Promise<void> = Promise.resolve();
  private begun = false;

  constructor(
    private readonly lltp: string,
    private readonly progress: MainJobProgress,
    private readonly expected: number,
    private readonly hasJudicial: boolean,
    private readonly asked: number | undefined,
  ) {}

  look({ accepted }: Standing, secondsSoFar: number): void {
    if (this.begun || !this.hasJudicial || accepted < this.expected / 2) return;
    this.begun = true;
    this.seconds = Math.round((this.asked ?? outageLength(secondsSoFar)) * 10) / 10;
    if (this.seconds === 0) return;
    this.isDown = true;
    this.progress.say(`LLTP ngừng ${this.seconds} giây · LLTP goes down for ${this.seconds} s`);
    this.over = playOutage(this.lltp, this.seconds).then(() => {
      this.isDown = false;
      this.progress.say('LLTP hoạt động lại · LLTP is back');
    });
    // Awaited at the end; until then a failure mustn't end the process without a word.
    this.over.catch(() => undefined);
  }
}

const secondsSince = (started: number): number => (performance.now() - started) / 1_000;

const pick = (counted: Counted): Counted => {
  const { entered, expected, delivered, unverified, returned, retried, lost, doubled, doubted, repeated, outOfOrder } =
    counted;
  const { waiting, parked, brokenChains } = counted;
  return {
    entered,
    expected,
    delivered,
    unverified,
    returned,
    retried,
    lost,
    doubled,
    doubted,
    repeated,
    outOfOrder,
    waiting,
    parked,
    brokenChains,
  };
};
