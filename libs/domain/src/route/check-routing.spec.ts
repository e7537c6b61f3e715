import { describe, expect, it } from '@jest/globals';
import type { Receiver } from '../recipients.js';
import { casesLeftBehind, checkRoutes } from './check-routes.js';
import { checkUnits } from './check-units.js';
import { Routing, type RouteRule } from './routing.js';
import { Units, type RouteUnit } from './units.js';

const unit = (code: string, level: RouteUnit['level'], more: Partial<RouteUnit> = {}): RouteUnit => ({
  code,
  name: code,
  level,
  agency: 'a',
  validFrom: '2018-01-01',
  ...more,
});
const P = unit('P', 'province');
const D = unit('D', 'district', { within: 'P', validUntil: '2025-06-30', succeededBy: [{ unit: 'P' }] });
const C = unit('C', 'commune', { within: 'D' });
const N = unit('N', 'commune', { within: 'P', validFrom: '2025-07-01' });
const S = unit('S', 'department', { within: 'P' });
const V = unit('V', 'vertical');
const sound = [P, D, C, N, S, V];
const replaced = (code: string, more: Partial<RouteUnit>): RouteUnit[] =>
  sound.map((one) => (one.code === code ? { ...one, ...more } : one));

const ended = { validUntil: '2025-06-30' };

describe('a file of units', () => {
  it.each<[string, RouteUnit[], string[]]>([
    ['nothing is wrong', sound, []],
    ['a code that is given twice', [...sound, unit('C', 'commune')], ['/units/6/code taken']],
    ['another’s code as its other one', replaced('N', { otherCodes: ['C'] }), ['/units/3/otherCodes/0 taken']],
    ['an agency that isn’t connected', replaced('C', { agency: 'b' }), ['/units/2/agency unknown-agency']],
    ['ends before it begins', replaced('N', { validUntil: '2025-06-01' }), ['/units/3/validUntil after:validFrom']],
    [
      'a successor but no end',
      replaced('N', { succeededBy: [{ unit: 'P' }] }),
      ['/units/3/succeededBy needs:validUntil'],
    ],
    ['is within nothing known', replaced('C', { within: 'X' }), ['/units/2/within unknown-unit']],
    ['is within its equal', replaced('C', { within: 'N' }), ['/units/2/within level']],
    [
      'an unknown successor',
      replaced('D', { succeededBy: [{ unit: 'X' }] }),
      ['/units/1/succeededBy/0/unit unknown-unit'],
    ],
    [
      'a successor that comes later',
      replaced('D', { succeededBy: [{ unit: 'L' }] }).concat(unit('L', 'commune', { validFrom: '2025-07-02' })),
      ['/units/1/succeededBy/0/unit in-force-on:2025-07-01'],
    ],
    [
      'successors of each other',
      replaced('C', { ...ended, succeededBy: [{ unit: 'D' }] }).map((one) =>
        one.code === 'D' ? { ...one, succeededBy: [{ unit: 'C' }] } : one,
      ),
      ['/units/1/succeededBy/0/unit cycle', '/units/2/succeededBy/0/unit cycle'],
    ],
    ['its own successor', replaced('D', { succeededBy: [{ unit: 'D' }] }), ['/units/1/succeededBy/0/unit cycle']],
    [
      'cases that nobody takes',
      replaced('D', { succeededBy: [{ unit: 'P', procedures: ['1.000001'] }] }),
      ['/units/1/succeededBy/0 last-takes-the-rest'],
    ],
    [
      'one that takes what others should',
      replaced('D', { succeededBy: [{ unit: 'N' }, { unit: 'P' }] }),
      ['/units/1/succeededBy/0 only-the-last-takes-all'],
    ],
  ])('%s', (_, all, faults) => {
    expect(checkUnits(new Units(all), new Set(['a'])).map(({ path, rule }) => `${path} ${rule}`)).toEqual(faults);
  });
});

const work = { vi: 'việc', en: 'work' };
const steps = (...rules: [string, number][]) => rules.map(([at, share]) => ({ at, work, share }));
const three: RouteRule['versions'][number] = {
  validFrom: '2018-01-01',
  form: 'three-level',
  steps: steps(['entry', 0.2], ['district', 0.3], ['province', 0.5]),
};
const two: RouteRule['versions'][number] = {
  validFrom: '2025-07-01',
  form: 'two-level',
  steps: steps(['commune', 0.5], ['province', 0.5]),
};
const own: Receiver[] = [{ agency: 'a', receives: [{ procedures: ['*'], events: ['case.received'], cases: 'own' }] }];
const routed: Receiver[] = [{ agency: 'a', receives: [{ procedures: ['*'], events: [], cases: 'routed' }] }];

describe('a file of routes', () => {
  const faultsOf = (versions: RouteRule['versions'], receivers = routed, all = sound): string[] => {
    const routes = [{ procedure: '1.000001', versions }];
    return checkRoutes(routes, new Routing(new Units(all), routes), () => receivers).map(
      ({ path, rule }) => `${path.replace('/routes/0/versions/', '')} ${rule}`,
    );
  };

  it.each<[string, RouteRule['versions'], string[]]>([
    ['nothing is wrong', [three, two], []],
    ['two of one day', [three, { ...three }], ['1/validFrom after:/routes/0/versions/0/validFrom']],
    [
      'an overlap',
      [{ ...three, validFrom: '2019-01-01' }, { ...three, validFrom: '2018-06-01' }],
      ['1/validFrom after:/routes/0/versions/0/validFrom'],
    ],
    ['a share too many', [{ ...three, steps: steps(['entry', 0.3], ['district', 0.3], ['province', 0.5]) }, two], ['0/steps shares-add-up-to:1']],
    ['digits that would be rounded away', [{ ...three, steps: steps(['entry', 0.2000001], ['district', 0.2999999], ['province', 0.5]) }, two], ['0/steps/0/share digits']],
    ['shares and hours', [{ ...three, steps: [{ at: 'entry', work, hours: 1 }, ...steps(['district', 0.5], ['province', 0.5])] }, two], ['0/steps all-shares-or-all-hours']],
    ['neither', [{ ...three, steps: [{ at: 'entry', work }, ...steps(['district', 0.5], ['province', 0.5])] }, two], ['0/steps/0 share-or-hours']],
    ['an unknown unit', [{ ...three, steps: steps(['entry', 0.5], ['X', 0.5]) }], ['0/steps/1/at unknown-unit']],
    ['a level that isn’t there any more', [three, { ...three, validFrom: '2025-07-01' }], ['1/steps/1/at no-unit-at-this-step']],
    ['levels that don’t make its form', [{ ...three, form: 'two-level' }, two], ['0/form route-form']],
    ['no vertical agency on a horizontal one', [{ ...two, form: 'horizontal', steps: steps(['S', 0.5], ['P', 0.5]) }], ['0/form route-form']],
    ['horizontal', [{ ...two, form: 'horizontal', steps: steps(['S', 0.5], ['V', 0.5]) }], []],
    ['vertical', [{ ...two, form: 'vertical', steps: steps(['entry', 0.5], ['V', 0.5]) }], []],
    ['vertical, but through a department', [{ ...two, form: 'vertical', steps: steps(['P', 0.2], ['S', 0.3], ['V', 0.5]) }], ['0/form route-form']],
  ])('%s', (_, versions, faults) => expect(faultsOf(versions)).toEqual(faults)); // prettier-ignore

  it('a step that no agency serves, by its unit or by its contract', () => {
    const alone = replaced('V', {}).map(({ agency, ...one }) => (one.code === 'V' ? one : { ...one, agency: agency! }));
    const across = [{ ...two, form: 'horizontal' as const, steps: steps(['S', 0.5], ['V', 0.5]) }];
    expect(faultsOf(across, routed, alone)).toEqual(['0/steps/1/at no-agency-serves']);
    expect(faultsOf(across, own)).toEqual(['0/steps/0/at no-agency-serves', '0/steps/1/at no-agency-serves']);
  });
});

describe('a unit that ends', () => {
  it('leaves cases behind where a chain of successors breaks off, and only then', () => {
    const routes = [{ procedure: '1.000001', versions: [three, two] }];
    const open = [
      { unit: 'C', procedure: '1.000001', openedOn: '2025-06-20', count: 3 },
      { unit: 'C', procedure: '9.999999', openedOn: '2025-06-20', count: 5 },
    ];
    const left = (all: RouteUnit[]): string[] =>
      [...casesLeftBehind(new Routing(new Units(all), routes), open)].map(([{ code }, count]) => `${code} ${count}`);
    expect(left(sound)).toEqual([]);
    expect(left(replaced('D', { succeededBy: undefined as never }))).toEqual(['D 3']);
    const further = replaced('D', { succeededBy: [{ unit: 'N' }] });
    expect(left(further.map((one) => (one.code === 'N' ? { ...one, validUntil: '2025-12-31' } : one)))).toEqual([
      'N 3',
    ]);
  });
});
