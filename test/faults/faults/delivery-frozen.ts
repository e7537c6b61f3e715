import type { Fault } from '../fault.js';

/** Longer than its lease of 5 s: what it holds is taken from it while it still believes that it is its own. */
export const deliveryFrozen: Fault = {
  name: 'delivery-frozen',
  vi: 'SIGSTOP một tiến trình chuyển giao 12 s, quá hạn thuê 5 s, rồi đánh thức',
  en: 'SIGSTOP of a delivery process for 12 s, beyond its lease of 5 s, then woken',
  async happen({ hub, forSeconds }) {
    hub.process('delivery-1').freeze();
    await forSeconds(12);
    hub.process('delivery-1').thaw();
  },
};
