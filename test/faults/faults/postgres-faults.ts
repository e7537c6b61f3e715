import type { Fault } from '../fault.js';

export const postgresRestarted: Fault = {
  name: 'postgres-restarted',
  vi: 'PostgreSQL dừng ngay (immediate) rồi khởi động lại',
  en: 'PostgreSQL restarted in immediate mode',
  quick: true,
  async happen({ services, forSeconds }) {
    await services.postgres.signal('SIGQUIT');
    await forSeconds(1);
    await services.postgres.start();
  },
};

export const standbyPromoted: Fault = {
  name: 'standby-promoted',
  vi: 'PostgreSQL chính chết, máy dự phòng đồng bộ lên thay',
  en: 'PostgreSQL dies, its synchronous standby is promoted',
  world: 'pair',
  happen: ({ pair }) => pair!.promote(),
};
