/**
 * The partner of README.md, keeping books: `node partner.mjs PKI_FOLDER [PORT] [CONTROL_PORT]`.
 * PKI_FOLDER holds ca.pem, server.pem, server.key. The control port is plain HTTP: GET /so-sach, PUT /hong {"kieu":…},
 * POST /bien-dong/CODE {"loai":…} adds a change that LayBienDong tells.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as plain } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';

const [folder, port = '0', controlPort = '0'] = process.argv.slice(2);
const read = (name) => readFileSync(join(folder, name));
const dossiers = new Map();
const steps = new Set();
const changes = [];
const acknowledged = new Set();
const book = [];
/** What goes wrong next, and how often. */
let fault = { kieu: '', lan: 0 };

const unescape = (text) =>
  text.replace(/&(lt|gt|quot|apos|amp);/g, (_, n) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[n]);
const escape = (text) => String(text).replace(/[<>&]/g, (c) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[c]);
/** All elements of a name, as raw inner XML. Names with any prefix; good for this page's flat messages. */
const all = (xml, name) =>
  [...xml.matchAll(new RegExp(`<(?:\\w+:)?${name}((?:\\s[^>]*?)?)(?:/>|>([\\s\\S]*?)</(?:\\w+:)?${name}>)`, 'g'))].map(
    ([, attributes, inner = '']) => ({ attributes, inner }),
  );
const one = (xml, name) => {
  const [first] = all(xml, name);
  return first && unescape(first.inner.trim());
};

const envelope = (inner) =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${inner}</soap:Body></soap:Envelope>`;
const tag = (name, value) => `<${name}>${escape(value)}</${name}>`;
const row = (code, ma, text) => `<Dong>${tag('SoHoSo', code ?? '')}${tag('Ma', ma)}${tag('ThongBao', text)}</Dong>`;
const answer = (name, inner) => envelope(`<v:${name}Response xmlns:v="urn:vpdk">${inner}</v:${name}Response>`);

const ORDER = ['SoHoSo', 'MaThuTuc', 'ChuHoSo', 'NgayTiepNhan', 'NgayHenTra'];
function receive({ inner }) {
  const code = one(inner, 'SoHoSo');
  const owner = all(inner, 'ChuHoSo')[0];
  const names = ORDER.filter((name) => all(inner, name).length > 0);
  const places = names.map((name) => inner.search(new RegExp(`<(?:\\w+:)?${name}[\\s>/]`)));
  const name = owner && one(owner.inner, 'HoTen');
  if (!code) return row(code, '01', 'Thiếu SoHoSo');
  if (places.some((place, i) => i > 0 && place < places[i - 1])) return row(code, '01', 'Sai thứ tự phần tử');
  if (!one(inner, 'MaThuTuc')) return row(code, '01', 'Thiếu MaThuTuc');
  if (!name || name.length > 80) return row(code, '01', 'HoTen không hợp lệ');
  if (!/loai="(01|02|03|99)"/.test(owner.attributes)) return row(code, '01', 'Loại chủ hồ sơ không hợp lệ');
  if (!/^\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}:\d{2}$/.test(one(inner, 'NgayTiepNhan') ?? ''))
    return row(code, '01', 'NgayTiepNhan không hợp lệ');
  if (!/^(\d{2}\/\d{2}\/\d{4})?$/.test(one(inner, 'NgayHenTra') ?? ''))
    return row(code, '01', 'NgayHenTra không hợp lệ');
  if (dossiers.has(code))
    return row(code, '01', `Hồ sơ ${code} đã tồn tại trong hệ thống (tiếp nhận lúc ${dossiers.get(code)})`);
  dossiers.set(code, new Date().toISOString());
  book.push({ effect: 'new', SoHoSo: code, loai: /loai="(\d+)"/.exec(owner.attributes)[1], HoTen: name });
  return row(code, '00', 'Đã lưu');
}

function progress({ inner }) {
  const [code, time, state, at] = ['SoHoSo', 'Lan', 'TrangThai', 'ThoiDiem'].map((name) => one(inner, name));
  if (!dossiers.has(code)) return row(code, '01', 'Không có hồ sơ');
  if (!/^(DTN|DXL|YCBS|DUNG|XONG|TRA)$/.test(state) || !/^\d{14}$/.test(at))
    return row(code, '01', 'Tiến độ không hợp lệ');
  if (!steps.has(`${code} ${time}`)) book.push({ effect: 'progress', SoHoSo: code, Lan: time, TrangThai: state });
  steps.add(`${code} ${time}`);
  return row(code, '00', '');
}

const shuffled = (rows) => [...rows].reverse().join('');
function news(body) {
  const from = Number(one(body, 'TuMoc'));
  if (!Number.isInteger(from)) return undefined;
  const rows = changes.filter(({ Stt }) => Stt > from).slice(0, 5);
  const last = rows.at(-1)?.Stt ?? from;
  const written = rows.map(({ Tep = [], ...rest }) => {
    const files = Tep.map(
      (file) =>
        `<Tep>${Object.entries(file)
          .map(([k, v]) => tag(k, v))
          .join('')}</Tep>`,
    ).join('');
    return `<BienDong>${Object.entries(rest)
      .map(([k, v]) => tag(k, v))
      .join('')}${files}</BienDong>`;
  });
  return `${written.join('')}${tag('MocSau', last)}${tag(
    'ConNua',
    changes.some(({ Stt }) => Stt > last),
  )}`;
}

function call(xml) {
  if (all(xml, 'TiepNhanHoSo')[0])
    return answer('TiepNhanHoSo', `<KetQua>${shuffled(all(xml, 'HoSo').slice(0, 10).map(receive))}</KetQua>`);
  if (all(xml, 'CapNhatTienDo')[0])
    return answer('CapNhatTienDo', `<KetQua>${shuffled(all(xml, 'TienDo').slice(0, 10).map(progress))}</KetQua>`);
  if (all(xml, 'TraCuu')[0]) {
    const code = one(xml, 'SoHoSo');
    return answer('TraCuu', tag('TonTai', dossiers.has(code)) + tag('SoHoSo', code));
  }
  if (all(xml, 'LayBienDong')[0]) {
    const inner = news(xml);
    return inner === undefined ? undefined : answer('LayBienDong', inner);
  }
  if (all(xml, 'XacNhan')[0]) {
    for (const { inner } of all(xml, 'Stt')) acknowledged.add(Number(inner));
    return answer('XacNhan', tag('Ma', '00'));
  }
  return undefined;
}

const text = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
};
const faultOf = (code, words) =>
  envelope(`<soap:Fault><faultcode>vpdk:${code}</faultcode>${tag('faultstring', words)}</soap:Fault>`);

const server = createServer(
  {
    ca: read('ca.pem'),
    cert: read('server.pem'),
    key: read('server.key'),
    requestCert: true,
    rejectUnauthorized: true,
  },
  async (request, response) => {
    const body = await text(request);
    const action = request.headers.soapaction ?? '';
    book.push({ effect: 'call', action, body });
    const { kieu, ham = '' } = fault.lan > 0 && action.includes(fault.ham ?? '') ? fault : { kieu: '' };
    if (kieu) fault = { ...fault, lan: fault.lan - 1, ham };
    const xml = (status, words) => response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' }).end(words);
    if (kieu === 'html')
      return response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end('<!DOCTYPE html><html><body><h1>Hệ thống đang bảo trì</h1></body></html>');
    if (kieu === 'ban') return xml(500, faultOf('QuaTai', 'Hệ thống quá tải'));
    const said =
      request.method === 'POST' && request.url === '/DichVu/HoSo.svc' && /^"urn:vpdk:\w+"$/.test(action)
        ? call(body)
        : undefined;
    if (kieu === 'mat-tra-loi') return request.socket.destroy();
    if (said === undefined) return xml(500, faultOf('SaiCuPhap', 'Thông điệp sai cú pháp'));
    return xml(200, said);
  },
);

const control = plain(async (request, response) => {
  const json = (value) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const [, verb, code] = request.url.split('/').map(decodeURIComponent);
  if (verb === 'so-sach')
    return json({ book, changes: changes.map(({ Stt }) => Stt), acknowledged: [...acknowledged] });
  const given = JSON.parse((await text(request)) || '{}');
  if (verb === 'hong') return json((fault = given));
  if (verb === 'bien-dong') {
    const ThoiDiem = new Date(Date.now() + 7 * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 14);
    const bytes = Buffer.from(given.noiDung ?? '%PDF-1.4 giấy chứng nhận mẫu');
    const hash = given.maBam ?? createHash('sha256').update(bytes).digest('hex');
    const files =
      given.loai === 'KQ'
        ? [{ Ten: 'giay-chung-nhan.pdf', KieuTep: 'application/pdf', NoiDung: bytes.toString('base64'), MaBam: hash }]
        : [];
    const { loai: Loai, trangThai: TrangThai = '', ghiChu: GhiChu = '' } = given;
    changes.push({ Stt: changes.length + 1, SoHoSo: code, Loai, TrangThai, ThoiDiem, GhiChu, Tep: files });
    return json({ Stt: changes.length });
  }
  return response.writeHead(404).end();
});

server.listen(Number(port), '127.0.0.1', () =>
  control.listen(Number(controlPort), '127.0.0.1', () =>
    process.stdout.write(
      `${JSON.stringify({ ready: true, port: server.address().port, control: control.address().port })}\n`,
    ),
  ),
);
