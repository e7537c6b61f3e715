import { Counter, Gauge, Histogram } from 'prom-client';
import type { Door } from './enter/enter-report.js';

const entries = new Counter({
  name: 'lienthong_intake_entries_total',
  help: 'What came in, by door and by what became of it (a ledger outcome or a problem code).',
  labelNames: ['door', 'outcome'] as const,
});
const batchItems = new Histogram({
  name: 'lienthong_intake_batch_items',
  help: 'Items entered in one transaction.',
  buckets: [1, 2, 5, 10, 20, 50, 100, 200],
});
const transactionSeconds = new Histogram({
  name: 'lienthong_intake_transaction_seconds',
  help: 'From begin to commit of one micro-batch.',
  buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
});
const notTaken = new Counter({
  name: 'lienthong_intake_inbox_refused_total',
  help: 'Inbox messages that were not taken, by agency and problem code. They are logged by topic, partition and offset.',
  labelNames: ['agency', 'code'] as const,
});
const asked = new Counter({
  name: 'lienthong_intake_collect_answers_total',
  help: 'Answers of partners that were asked, by agency and kind.',
  labelNames: ['agency', 'answer'] as const,
});

/** Labels are agency ids, doors and codes: nothing of a case. */
export const intakeMetrics = {
  entered: (door: Door, outcome: string): void => entries.inc({ door, outcome }),
  batch: ({ items, seconds }: { items: number; seconds: number }): void => {
    batchItems.observe(items);
    transactionSeconds.observe(seconds);
  },
  inboxRefused: (agency: string, code: string): void => notTaken.inc({ agency, code }),
  collected: (agency: string, answer: string): void => asked.inc({ agency, answer }),
  watchQueue(length: () => number): void {
    new Gauge({
      name: 'lienthong_intake_queue_items',
      help: 'Items waiting for a transaction.',
      collect() {
        this.set(length());
      },
    });
  },
};
