/**
 * HTTP/1.1 on a plain socket (keep-alive, Content-Length or chunked bodies, one request at a time a connection), at a third
 * of node:http's cost a request: on two cores the partners must not take the CPU that is being measured.
 */
const HEAD_END = Buffer.from('\r\n\r\n');
const words = { 200: 'OK', 400: 'Bad Request', 422: 'Unprocessable Content', 503: 'Service Unavailable' };

/** Calls take(text, answer) for each request; answer(status, body, moreHeaders) may come later, or never. */
export function serve(socket, take) {
  let buffer = null;
  let busy = false;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  const answer = (status, body, headers = '') => {
    if (socket.destroyed) return;
    busy = false;
    const length = Buffer.byteLength(body);
    const head = `HTTP/1.1 ${status} ${words[status]}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${headers}`;
    socket.write(`${head}\r\n${body}`);
    if (buffer) next();
  };
  function next() {
    if (busy || !buffer) return;
    const end = buffer.indexOf(HEAD_END);
    if (end < 0) return;
    const request = bodyOf(buffer, buffer.toString('latin1', 0, end + 2), end + 4);
    if (!request) return;
    buffer = request.end < buffer.length ? buffer.subarray(request.end) : null;
    busy = true;
    take(request.text, answer);
  }
  socket.on('data', (data) => {
    buffer = buffer ? Buffer.concat([buffer, data]) : data;
    next();
  });
}

/** The request's text and where it ends; undefined while it hasn't all come. */
function bodyOf(buffer, head, at) {
  const length = /\r\ncontent-length:[ \t]*(\d+)/i.exec(head);
  if (length) {
    const end = at + Number(length[1]);
    return buffer.length < end ? undefined : { text: buffer.toString('utf8', at, end), end };
  }
  return /\r\ntransfer-encoding:[ \t]*chunked/i.test(head) ? chunked(buffer, at) : { text: '', end: at };
}

function chunked(buffer, from) {
  const parts = [];
  for (let at = from; ;) {
    const line = buffer.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = parseInt(buffer.toString('latin1', at, line), 16);
    at = line + 2;
    if (buffer.length < at + size + 2) return undefined;
    if (size === 0) return { text: Buffer.concat(parts).toString(), end: at + 2 };
    parts.push(buffer.subarray(at, at + size));
    at += size + 2;
  }
}
