import type { Fault } from '../fault.js';

export const thirdInstance: Fault = {
  name: 'third-instance',
  vi: 'tiến trình chuyển giao thứ ba vào, 15 s sau ra',
  en: 'a third delivery instance joins, and leaves after 15 s',
  async happen({ hub, forSeconds }) {
    await hub.process('delivery-3').start();
    await forSeconds(15);
    await hub.process('delivery-3').kill('SIGTERM');
  },
};
