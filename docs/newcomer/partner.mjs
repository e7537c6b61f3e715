/** The partner of partner.md, keeping books. `node docs/newcomer/partner.mjs [PORT]`; GET /so-sach shows its book, POST /xong/CODE finishes a case. */
import { createServer } from 'node:http';

const PASSWORD = process.env.QLLD_PASSWORD ?? 'mat-khau-mau';
const sessions = new Map();
const dossiers = new Map();
const book = [];
let serial = 0;

const wrong = (noiDung) => ({ loi: 'E20', noiDung });
function faultOf({ so, thuTuc, loai, hoTen, giayTo, ngayNhan, henTra, kenh }) {
  if (typeof so !== 'string' || so === '') return 'Thiếu số hồ sơ';
  if (typeof thuTuc !== 'string' || thuTuc === '') return 'Thiếu thủ tục';
  if (!['CN', 'DN', 'CQ', 'KH'].includes(loai)) return 'Loại không đúng';
  if (typeof hoTen !== 'string' || hoTen === '' || hoTen.length > 100) return 'Họ tên không đúng';
  if (giayTo !== undefined && !/^[0-9A-Z]{5,15}$/.test(giayTo)) return 'Giấy tờ không đúng';
  if (!/^\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}:\d{2}$/.test(ngayNhan ?? '')) return 'Ngày nhận không đúng';
  if (!/^(\d{2}\/\d{2}\/\d{4})?$/.test(henTra ?? 'x')) return 'Hẹn trả không đúng';
  if (![0, 1, 2].includes(kenh)) return 'Kênh không đúng';
  return undefined;
}

function store(given, code, isNew) {
  const fault = faultOf(given);
  if (fault) return wrong(fault);
  if (isNew && dossiers.has(given.so)) return { loi: 'E10', noiDung: 'Hồ sơ đã có trong hệ thống' };
  if (!isNew && !dossiers.has(code)) return { loi: 'E11', noiDung: 'Không có hồ sơ' };
  dossiers.set(given.so, { ...dossiers.get(given.so), ...given });
  book.push({ effect: isNew ? 'new' : 'changed', ...given });
  return { loi: '00', so: given.so };
}

function progress(row) {
  if (!dossiers.has(row?.so)) return { so: row?.so, loi: 'E11', noiDung: 'Không có hồ sơ' };
  if (!/^([1-9]|10)$/.test(row.trangThai) || !/^\d{14}$/.test(row.luc) || !Number.isInteger(row.lan))
    return { so: row.so, ...wrong('Tiến độ không đúng') };
  book.push({ effect: 'progress', ...row });
  return { so: row.so, loi: '00' };
}

function answer(method, url, json, session) {
  const path = url.pathname.replace(/^\/qlld\/v2/, '');
  if (method === 'POST' && path === '/phien') {
    if (json?.matKhau !== PASSWORD || !json.ten) return [403, { loi: 'E01' }];
    const ma = `p${++serial}`;
    sessions.set(ma, Date.now() + 20 * 60_000);
    return [200, { phien: { ma } }];
  }
  if (!(sessions.get(session) > Date.now())) return [200, { loi: 'E02', noiDung: 'Phiên làm việc đã hết hạn' }];
  if (method === 'POST' && path === '/ho-so') return [200, store(json ?? {}, undefined, true)];
  if (method === 'PUT' && path.startsWith('/ho-so/'))
    return [200, store(json ?? {}, decodeURIComponent(path.slice('/ho-so/'.length)), false)];
  if (method === 'POST' && path === '/tien-do') {
    const rows = json?.danhSach;
    if (!Array.isArray(rows) || rows.length > 20) return [200, wrong('Danh sách không đúng')];
    return [200, { ketQua: rows.map(progress).reverse() }];
  }
  if (method === 'GET' && path === '/ho-so') {
    const held = dossiers.get(url.searchParams.get('so'));
    if (!held) return [200, { loi: 'E11' }];
    const { so, ngayXong, canBo } = held;
    return [200, { loi: '00', hoSo: { so, xong: ngayXong !== undefined, ...(ngayXong ? { ngayXong, canBo } : {}) } }];
  }
  return [404, '<html>Không tìm thấy</html>'];
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  let text = '';
  for await (const part of request) text += part;
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const say = (status, body) =>
    response
      .writeHead(status, { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  if (url.pathname === '/so-sach') return say(200, book);
  if (url.pathname === '/het-phien') return say(200, (sessions.clear(), {}));
  if (url.pathname.startsWith('/xong/')) {
    const held = dossiers.get(decodeURIComponent(url.pathname.slice('/xong/'.length)));
    if (held) Object.assign(held, { ngayXong: '20/06/2021 16:00:00', canBo: 'Lê Văn Mẫu' });
    return say(held ? 200 : 404, {});
  }
  const [status, body] = answer(request.method, url, json, request.headers['x-phien']);
  say(status, body);
});
server.listen(Number(process.argv[2] ?? 8099), '127.0.0.1', () =>
  console.log(JSON.stringify({ ready: true, port: server.address().port })),
);
