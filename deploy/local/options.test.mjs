import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countJest, countTap, lastLine, sum } from './counts.mjs';
import { tableOf } from './figures.mjs';
import { isAsLocked } from './install.mjs';
import { nextRun } from './once.mjs';
import { isCount, readOptions } from './options.mjs';
import { checkout, pathFromCaller } from './place.mjs';
import { refuseUnfitMachine } from './trouble.mjs';

const table = {
  once: { vi: 'một lần', en: 'once' },
  cases: { value: 'N|all', only: 'once', check: (text) => text === 'all' || isCount(text), vi: 'hồ sơ', en: 'cases' },
};

test('options are read by their table', () => {
  const { once, cases } = readOptions(['--once', '--cases', '200'], table);
  assert.deepEqual([once, cases], [true, '200']);
  assert.equal(readOptions(['--once', '--cases=all'], table).cases, 'all');
});

for (const [what, args] of [
  ['an unknown option', ['--onse']],
  ['a value that is no number', ['--once', '--cases', 'many']],
  ['a count of nought', ['--once', '--cases', '0']],
  ['an option without the one it belongs to', ['--cases', '5']],
  ['a value that is missing', ['--once', '--cases']],
  ['a word too many', ['now']],
]) {
  test(`${what} is refused in both languages, with the exit code of a wrong call`, () => {
    assert.throws(
      () => readOptions(args, table),
      (error) => error.name === 'Trouble' && error.exit === 2 && error.message.split('\n').length === 2,
    );
  });
}

test('on Windows one sentence names WSL2; an old Node is told what is needed', () => {
  assert.throws(() => refuseUnfitMachine('win32', '24.1.0'), /WSL2/);
  assert.throws(() => refuseUnfitMachine('linux', '20.10.0'), /20\.11/);
  refuseUnfitMachine('linux', '20.11.0');
  refuseUnfitMachine('darwin', '26.0.0');
});

test('a path is meant where the caller stands, also when npm moved to the checkout', () => {
  const npm = { npm_lifecycle_event: 'start', INIT_CWD: '/somewhere' };
  assert.equal(pathFromCaller('out.json', npm, checkout), '/somewhere/out.json');
  assert.equal(pathFromCaller('out.json', {}, '/elsewhere'), '/elsewhere/out.json');
  assert.equal(pathFromCaller('/out.json', npm, checkout), '/out.json');
});

test('what npm installed is compared with the lockfile', () => {
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const locked = {
    '': {},
    'node_modules/a': a,
    'node_modules/b': { version: '2.0.0', integrity: 'sha512-b', optional: true },
  };
  assert.equal(isAsLocked(locked, undefined), false);
  assert.equal(
    isAsLocked(locked, { packages: { 'node_modules/a': a } }),
    true,
    'an optional package of another platform may be absent',
  );
  assert.equal(isAsLocked(locked, { packages: {} }), false, 'a package is missing');
  assert.equal(
    isAsLocked(locked, { packages: { 'node_modules/a': { ...a, version: '1.0.1' } } }),
    false,
    'another version',
  );
  assert.equal(
    isAsLocked(locked, { packages: { 'node_modules/a': { ...a, integrity: 'sha512-x' } } }),
    false,
    'other content',
  );
  assert.equal(isAsLocked(locked, { packages: { 'node_modules/a': a, 'node_modules/c': a } }), false, 'one too many');
});

test('a cut main job is continued by the same arguments only; anything else begins a fresh one', () => {
  const cut = { k: 3, cases: '200', seed: undefined, finished: false };
  assert.deepEqual(nextRun(cut, { cases: '200', seed: undefined }), {
    run: { ...cut, continued: true },
    former: undefined,
  });
  assert.equal(nextRun(cut, { cases: '201', seed: undefined }).run.k, 4);
  assert.equal(nextRun(cut, { cases: '200', seed: '7' }).former, 3);
  assert.equal(nextRun(cut, { cases: '200', seed: undefined }, true).run.k, 4);
  assert.equal(nextRun({ ...cut, finished: true }, { cases: '200', seed: undefined }).run.k, 4);
  assert.deepEqual(nextRun(undefined, { cases: undefined, seed: undefined }).run, {
    k: 1,
    cases: undefined,
    seed: undefined,
    finished: false,
  });
});

test("both runners' results add up to the last line", () => {
  const own = countTap('TAP version 13\n# tests 5\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 0\n# todo 0\n');
  const jest = countJest({
    numPassedTests: 40,
    numFailedTests: 1,
    numPendingTests: 1,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 1,
  });
  assert.equal(lastLine(sum(own, jest)), '43 passed, 4 failed, 1 skipped');
  assert.equal(lastLine({ passed: 2, failed: 0, skipped: 0 }), '2 passed, 0 failed');
});

test('a figure stands beside its references', () => {
  const shown = tableOf([
    {
      figure: 'intake',
      value: 1623.4,
      unit: 'cases/s',
      reference: { bare: 5000 },
      ratio: { bare: 0.3247 },
      goal: '≥ 1500',
      met: true,
    },
    { figure: 'idle', value: 1.7, unit: 'GB', goal: '≤ 1.5', met: false },
  ]);
  assert.match(shown, /✓ +intake +1,623 cases\/s +≥ 1500 +bare 5,000 \(×0\.3247\)/);
  assert.match(shown, /✗ +idle +1\.7 GB +≤ 1\.5/);
});
