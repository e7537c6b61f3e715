import type { Fault } from '../fault.js';

export const intakeKilled: Fault = {
  name: 'intake-killed',
  vi: 'kill -9 tiến trình tiếp nhận',
  en: 'kill -9 of intake',
  async happen({ hub, forSeconds }) {
    await hub.process('intake-1').kill('SIGKILL');
    await forSeconds(1);
    await hub.process('intake-1').start();
  },
};
