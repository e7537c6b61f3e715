import type { Fault } from '../fault.js';

export const relayKilled: Fault = {
  name: 'relay-killed',
  vi: 'kill -9 tiến trình đang chuyển tiếp (giữ khóa)',
  en: 'kill -9 of the relay holder',
  async happen({ hub, forSeconds }) {
    const holder = hub.process(await hub.relayHolder());
    await holder.kill('SIGKILL');
    await forSeconds(1);
    await holder.start();
  },
};
