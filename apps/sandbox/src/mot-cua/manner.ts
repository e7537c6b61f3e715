import type { Manner } from '../stand-in/manner.js';

const eventType = /^vn\.lienthong\./;

/** HTTP's own status says how it went, events are told apart by their id, and each request carries its key. */
export const oneStopManner: Manner = {
  statuses: ['status'],
  files: ['documents'],
  accepted: (operation) => (eventType.test(operation) ? { status: 200, body: { outcome: 'applied' } } : undefined),
  loginRefused: () => ({
    status: 401,
    headers: { 'content-type': 'application/problem+json' },
    body: { type: 'about:blank', status: 401, detail: 'Khóa truy cập không đúng.' },
  }),
};
