import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { YearPlan } from './plan-year.js';
import { loadProvinceYear } from './province-year.js';
import { publishedOf } from './quotas.js';
import { replayYear, type Submission } from './replay-year.js';
import type { CounterEvent } from './write-case.js';

const usage = `Usage: export-year.main.js [--cases N|all] [--seed S] [--handed-over]

Prints the year of Uông Bí as CloudEvents, one a line, for \`lienthong submit -f -\`. Judicial records end as received,
since LLTP answers them; --handed-over adds the hand-over that the counter would report after that.
`;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200' },
    seed: { type: 'string', default: '2021' },
    'handed-over': { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}

const year = loadProvinceYear();
const cases = values.cases === 'all' ? publishedOf(year)('received') : Number(values.cases);
const plan = new YearPlan(year, cases, Number(values.seed));
try {
  await pipeline(Readable.from(lines(), { objectMode: true, highWaterMark: 64 }), process.stdout, { end: false });
} catch (error) {
  // The reader has what it wanted (`| head`).
  if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
}

function* lines(): Generator<string> {
  for (const submission of replayYear(plan)) {
    yield `${JSON.stringify(cloudEvent(submission))}\n`;
    if (values['handed-over'] && 'case' in submission && submission.afterResult) {
      const { key, event } = submission.afterResult;
      yield `${JSON.stringify(envelope(key, submission.case.code, event))}\n`;
    }
  }
}

function cloudEvent(submission: Submission): object {
  if (!('case' in submission)) return envelope(submission.key, submission.code, submission.event);
  const { key, case: entered } = submission;
  return envelope(key, entered.code, {
    type: 'vn.lienthong.case.received.v1',
    time: entered.receivedAt,
    data: entered,
  });
}

function envelope(
  id: string,
  code: string,
  { type, time, data }: Pick<CounterEvent, 'type' | 'time'> & { data: object },
): object {
  return {
    specversion: '1.0',
    id,
    source: '/mot-cua',
    type,
    subject: `case/${code}`,
    time,
    datacontenttype: 'application/json',
    data,
  };
}
