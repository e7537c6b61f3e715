import type { Fault } from '../fault.js';

const cut = (service: 'postgres' | 'redis' | 'kafka', title: string): Fault => ({
  name: `${service}-cut`,
  vi: `mọi kết nối tới ${title} bị cắt ba lần, mỗi lần 2 s`,
  en: `all connections to ${title} cut three times, for 2 s each`,
  world: 'wires',
  async happen({ services, forSeconds }) {
    const wire = services.wires[service];
    for (let time = 1; time <= 3; time++) {
      wire.cut();
      await forSeconds(2);
      wire.mend();
      if (time < 3) await forSeconds(3);
    }
  },
});

export const postgresCut = cut('postgres', 'PostgreSQL');
export const redisCut = cut('redis', 'Redis');
export const kafkaCut = cut('kafka', 'Kafka');
