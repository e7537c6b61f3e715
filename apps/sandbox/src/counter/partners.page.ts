import type { StandInName } from '../stand-in/stand-in.js';
import { both, html, type Html } from './html.js';
import { page } from './layout.js';
import type { StandInHealth } from './stand-ins-client.js';

const partnerNames: Record<StandInName, [string, string]> = {
  lltp: ['Phần mềm lý lịch tư pháp', 'Judicial records'],
  'cong-dvc': ['Cổng Dịch vụ công quốc gia', 'National portal'],
  'mot-cua': ['Hệ thống một cửa', 'One-stop system'],
};

/** What a press of a button does to a partner; more is on its control port. */
export const presets: Record<string, { vi: string; fault: object | undefined }> = {
  down: { vi: 'Tắt', fault: { down: true } },
  slow: { vi: 'Làm chậm 3 giây', fault: { slowMs: 3_000 } },
  lose: { vi: 'Mất 1 câu trả lời', fault: { loseAnswer: 1 } },
  well: { vi: 'Hoạt động bình thường', fault: undefined },
};

export interface PartnerRow {
  name: StandInName;
  health: StandInHealth | undefined | null;
  controlPort: number | undefined;
  restarts: number;
}

/** The partners that this sandbox plays, and the switches to break and mend them. */
export function partnersPage(rows: PartnerRow[]): string {
  const body = html`<h1>Các hệ thống đang được đóng thế</h1>
    <p class="lead">
      Mỗi hệ thống là một tiến trình có sổ riêng. Tắt một hệ thống, nộp hồ sơ, rồi bật lại: không mất gì.
      <span class="en" lang="en"
        >Each partner is a process with a book of its own; break it and see that nothing is lost.</span
      >
    </p>
    <div class="card">
      <table>
        <thead>
          <tr>
            <th scope="col">Hệ thống</th>
            <th scope="col">Hiện trạng</th>
            <th scope="col">Dòng trong sổ</th>
            <th scope="col">Địa chỉ</th>
            <th scope="col">Thử sự cố</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(drawRow)}
        </tbody>
      </table>
    </div>`;
  return page({ title: 'Các hệ thống', body, reloads: 5 });
}

const drawRow = ({ name, health, controlPort, restarts }: PartnerRow): Html =>
  html`<tr>
    <td>${both(...partnerNames[name])}</td>
    <td>
      ${health ? (health.down ? html`<span class="tag off">Đang tắt</span>` : html`<span class="tag up">Hoạt động</span>`) : html`<span class="tag off">Chưa trả lời</span>`}${restarts > 0 && html`<p class="hint">Khởi động lại ${restarts} lần</p>`}
    </td>
    <td>${health?.lines}</td>
    <td>
      ${health ? html`<code>:${health.port}</code>` : undefined}
      ${controlPort && html`<p class="hint">điều khiển <code>:${controlPort}</code></p>`}
    </td>
    <td>
      <form method="post" action="/doi-tac/${name}">
        ${Object.entries(presets).map(([key, { vi }]) => html`<button class="small" name="fault" value="${key}">${vi}</button> `)}
      </form>
    </td>
  </tr>`;
