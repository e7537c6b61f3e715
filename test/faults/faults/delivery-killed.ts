import type { Fault } from '../fault.js';

/** Stays away longer than its lease: the other one reaps it, and its own successor comes later. */
export const oneDeliveryKilled: Fault = {
  name: 'one-delivery-killed',
  vi: 'kill -9 một trong hai tiến trình chuyển giao, 8 s sau mới trở lại',
  en: 'kill -9 of one of two delivery processes, back after 8 s',
  quick: true,
  async happen({ hub, forSeconds }) {
    const gone = hub.process('delivery-2');
    await gone.kill('SIGKILL');
    await forSeconds(8, 6.5);
    await gone.start();
  },
};

export const bothDeliveriesKilled: Fault = {
  name: 'both-deliveries-killed',
  vi: 'kill -9 cả hai tiến trình chuyển giao',
  en: 'kill -9 of both delivery processes',
  async happen({ hub, forSeconds }) {
    const both = ['delivery-1', 'delivery-2'].map((name) => hub.process(name));
    await Promise.all(both.map((process) => process.kill('SIGKILL')));
    await forSeconds(1);
    await Promise.all(both.map((process) => process.start()));
  },
};

export const allKilled: Fault = {
  name: 'all-killed',
  vi: 'kill -9 mọi tiến trình của trục cùng lúc',
  en: 'kill -9 of all processes of the hub at once',
  async happen({ hub, forSeconds }) {
    await Promise.all(hub.all.map((process) => process.kill('SIGKILL')));
    await forSeconds(1);
    await Promise.all(hub.all.map((process) => process.start()));
  },
};
