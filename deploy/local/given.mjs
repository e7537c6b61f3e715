import { connect } from 'node:net';
import { Trouble } from './trouble.mjs';

/** A service that the environment names must be there; its address is said without its password. */
export async function reach({ title, variable }, text) {
  const addresses = variable === 'KAFKA_BROKERS' ? text.split(',') : [new URL(text).host];
  const ports = { DATABASE_URL: '5432', REDIS_URL: '6379', KAFKA_BROKERS: '9092' };
  const answers = await Promise.all(
    addresses.map((address) => {
      const [, host, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(address.trim());
      return connects(host || 'localhost', Number(port ?? ports[variable]));
    }),
  );
  if (answers.some(Boolean)) return;
  throw new Trouble(
    `${variable} trỏ tới ${addresses.join(', ')} nhưng không có ${title} nào trả lời ở đó: hãy sửa hoặc bỏ biến này.`,
    `${variable} names ${addresses.join(', ')} but no ${title} answers there: correct the variable or unset it.`,
  );
}

function connects(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(3_000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('connect', () => end(true));
  });
}
