import { startPartner, type Answer, type ScriptedPartner } from '../../libs/connectors/src/testing/partner.js';

export const wrongWords = 'Họ tên không có trong sổ hộ tịch';
export const wrongName = 'NGƯỜI KHÔNG CÓ TRONG SỔ';

const within = (xml: string, element: string): string =>
  new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? '';
const soap = (body: string): string =>
  `<?xml version="1.0"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${body}</S:Body></S:Envelope>`;
const fault = (code: string, words: string): string =>
  soap(`<S:Fault><faultcode>ht:${code}</faultcode><faultstring>${words}</faultstring></S:Fault>`);

/** A register that speaks SOAP (register.fixture.yaml), with a book by its own rules: a second add of a case is refused. */
export class Register {
  /** Codes, once for each time that it took a case. */
  readonly book: string[] = [];
  private readonly finished = new Map<string, string>();
  private partner!: ScriptedPartner;

  static async start(): Promise<Register> {
    const register = new Register();
    register.partner = await startPartner((arrived, response, request) => register.answer(arrived, response, request));
    return register;
  }

  get url(): string {
    return this.partner.url;
  }

  finish(code: string): Promise<void> {
    this.finished.set(code, '20/06/2021 16:00:00');
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return this.partner.stop();
  }

  private readonly answer: Answer = ({ path, body, json }, response) => {
    const say = (text: string, status = 200): void =>
      void response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' }).end(text);
    if (path === '/ws/tra-cuu') return say(this.found(String(json.ma)));
    if (path !== '/ws/dang-ky') return say('<KetQua><Ma>1</Ma><LyDo>Không có dịch vụ này</LyDo></KetQua>', 404);
    const code = within(body, 'MaHoSo');
    if (this.book.includes(code)) return say(fault('DaCo', 'Hồ sơ đã có'), 500);
    if (within(body, 'HoTen') === wrongName) return say(fault('Sai', wrongWords), 500);
    this.book.push(code);
    say(soap(`<n:DangKyResponse xmlns:n="urn:ho-tich"><MaLoi>00</MaLoi><MaHoSo>${code}</MaHoSo></n:DangKyResponse>`));
  };

  private found(code: string): string {
    if (!this.book.includes(code)) return '<HoSo ton-tai="false"/>';
    const at = this.finished.get(code);
    const steps = at === undefined ? '' : `<QuaTrinh><Buoc luc="${at}"/></QuaTrinh><GhiChu>Đã ghi sổ</GhiChu>`;
    return `<HoSo ton-tai="true"><MaHoSo>${code}</MaHoSo><TrangThai>${at === undefined ? 0 : 4}</TrangThai>${steps}</HoSo>`;
  }
}
