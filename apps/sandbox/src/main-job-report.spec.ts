import { describe, expect, it } from '@jest/globals';
import { faultsOf, figuresOf, reportText, type Counted, type LedgerYear } from './main-job-report.js';
import type { Rest, Standing } from './main-job-watch.js';
import { YearPlan } from './year/plan-year.js';
import { loadProvinceYear } from './year/province-year.js';

const year = loadProvinceYear();
const plan = new YearPlan(year, 2_000, 1);
const { outcomes } = plan.quotas;

const counted: Counted = {
  entered: 100, expected: 120, delivered: 110, unverified: 10, returned: 9, retried: 3, lost: 0, doubled: 1, doubted: 1,
  repeated: 2, outOfOrder: 0, waiting: 0, parked: 0, brokenChains: 0,
}; // prettier-ignore
const standing: Standing = {
  pending: 0,
  accepted: 10,
  refused: 0,
  unpublished: 0,
  unplanned: 0,
  waiting: 0,
  parked: 0,
  asked: 0,
};
const rest: Rest = { kind: 'at-rest', standing };

/** A ledger that holds exactly what the plan made. */
const ledger: LedgerYear = {
  received: 2_000,
  carriedOver: 9,
  resolved: outcomes.early + outcomes.onTheDay,
  early: outcomes.early,
  onTime: outcomes.onTheDay,
  overdue: 0,
  unresolved: outcomes.open,
  procedures: plan.procedures.map(({ code }) => ({
    procedure: code,
    received: code === year.judicialProcedure ? 100 : 1,
  })),
};
const good = figuresOf(year, plan.quotas, ledger);

describe('the main job’s verdict', () => {
  it('is good where all is delivered, in order, and every figure is reproduced', () => {
    expect(faultsOf(counted, good, rest)).toEqual([]);
    expect(good).toHaveLength(year.figures.length);
  });

  it.each([
    [{ lost: 1 }, '1 lost'],
    [{ outOfOrder: 2 }, '2 out of order'],
    [{ doubled: 3 }, '2 doubled without a recorded doubt'],
    [{ parked: 1 }, '1 parked'],
    [{ waiting: 1 }, '1 still waiting'],
    [{ brokenChains: 1 }, '1 broken chains'],
    [{ delivered: 109 }, '119 delivered of 120 expected'],
  ])('is bad with %j', (change, fault) => {
    expect(faultsOf({ ...counted, ...change }, good, rest)).toEqual([fault]);
  });

  it('is bad where the hub refused a submission or nothing moved any more', () => {
    expect(faultsOf(counted, good, { kind: 'at-rest', standing: { ...standing, refused: 1 } })).toHaveLength(1);
    expect(faultsOf(counted, good, { kind: 'stuck', standing, forSeconds: 61 })).toHaveLength(1);
  });

  it.each([
    ['cases received', { received: 1_999 }],
    ['of them carried over', { carriedOver: 8 }],
    ['resolved overdue', { overdue: 1 }],
    ['left at the end of the year', { unresolved: 1 }],
    ['procedures handled at the centre', { procedures: ledger.procedures.slice(1) }],
    ['cases on judicial records', { procedures: [] }],
  ])('is bad where the ledger shows another figure: %s', (name, change) => {
    const faults = faultsOf(counted, figuresOf(year, plan.quotas, { ...ledger, ...change }), rest);
    expect(faults.some((fault) => fault.startsWith(`"${name}" is `))).toBe(true);
  });

  it('shows published and scaled side by side, and marks what is ours', () => {
    const result = {
      ...counted,
      seconds: 1,
      figures: good,
      cases: 2_000,
      seed: 1,
      outageSeconds: 2,
      refused: 0,
      atRest: true,
      faults: [],
    };
    const text = reportText(result, year);
    expect(text).toMatch(/cases received +129,023 +2,000 +2,000/);
    expect(text).toMatch(/cases on judicial records \(ours\)/);
    expect(text).toBe(text.normalize('NFC'));
  });
});
