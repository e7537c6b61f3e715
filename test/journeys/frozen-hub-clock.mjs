/** Loaded before a process of the hub (node --import): the hub's clock stands where a file says it stands. */
import { readFileSync } from 'node:fs';
import { hubClock } from '../../dist/libs/ledger/src/hub-clock.js';

const file = process.env.TEST_HUB_CLOCK;
if (!file) throw new Error('TEST_HUB_CLOCK is missing');
hubClock.now = () => new Date(readFileSync(file, 'utf8').trim());
