import type { CaseHeader, DeliveryView, EventSummary, LaneView } from '#ledger';
import { both, html, type Html } from './html.js';
import { laneBadge } from './overview.page.js';
import { deliveryWords, localTime, ownerWords, statusWords, typeWords, waitWords } from './words.js';

export interface CaseView {
  header: CaseHeader;
  events: EventSummary[];
  deliveries: DeliveryView[];
  lanes: readonly LaneView[];
}

/** Types, statuses, times and hashes. What the case says of a person stays in the ledger. */
export function casePage({ header, events, deliveries, lanes }: CaseView): Html {
  const status = statusWords(header.status);
  return html` <p><a href="/">← ${both('Tình hình chung', 'overview')}</a></p>
    <h1>${both('Hồ sơ', 'case')} <span class="code">${header.code}</span></h1>
    <ul class="badges">
      ${lanes.map((lane) => html`<li>${laneBadge(lane)}</li>`)}
    </ul>
    <dl class="facts">
      <dt>${both('Trạng thái', 'status')}</dt>
      <dd>${header.status} ${both(status.vi, status.en)}</dd>
      <dt>${both('Thủ tục', 'procedure')}</dt>
      <dd class="code">${header.procedure}</dd>
      <dt>${both('Nơi nhập', 'entered by')}</dt>
      <dd><code>${header.enteredBy}</code></dd>
      <dt>${both('Ngày tiếp nhận', 'opened on')}</dt>
      <dd>${header.openedOn.split('-').reverse().join('/')}</dd>
      <dt>${both('Hẹn trả', 'due')}</dt>
      <dd>${header.dueAt ? localTime(header.dueAt) : '–'}</dd>
      <dt>${both('Đầu chuỗi băm', 'head of the hash chain')}</dt>
      <dd class="code">${header.headHash}</dd>
      ${
        header.mergedInto !== null &&
        html`<dt>${both('Đã nhập vào', 'merged into')}</dt>
          <dd class="code">${caseLink(header.mergedInto)}</dd>`
      }
      ${
        header.merged.length > 0 &&
        html`<dt>${both('Gồm cả', 'includes')}</dt>
          <dd class="code">${header.merged.map(({ code }) => html`${caseLink(code)} `)}</dd>`
      }
    </dl>
    <h2 id="timeline">${both('Diễn biến', 'timeline')}</h2>
    ${table('timeline', eventColumns, events.map(eventRow))}
    <h2 id="deliveries">${both('Chuyển đến các cơ quan', 'deliveries')}</h2>
    ${table('deliveries', deliveryColumns, deliveries.map(deliveryRow))}`;
}

const caseLink = (code: string): Html => html`<a href="/cases/${encodeURIComponent(code)}">${code}</a>`;

export const noSuchCase = (code: string): Html =>
  html` <p><a href="/">← ${both('Tình hình chung', 'overview')}</a></p>
    <h1>${both('Không có hồ sơ với mã này', 'No case has this code')}</h1>
    <p class="code">${code}</p>`;

const eventColumns: [string, string][] = [
  ['Số', 'no.'],
  ['Thời điểm', 'recorded'],
  ['Sự kiện', 'event'],
  ['Bên báo', 'sender'],
  ['Trạng thái', 'status'],
  ['Mã băm', 'hash'],
];
const deliveryColumns: [string, string][] = [
  ['Cơ quan', 'agency'],
  ['Số', 'no.'],
  ['Tình trạng', 'state'],
  ['Số lần gửi', 'attempts'],
  ['Lập lúc', 'planned'],
  ['Xong lúc', 'ended'],
];

const table = (labelledBy: string, columns: [string, string][], rows: Html[]): Html =>
  html`<div class="sheet">
    <table role="table" aria-labelledby="${labelledBy}">
      <thead role="rowgroup">
        <tr role="row">
          ${columns.map(([vi, en]) => html`<th role="columnheader" scope="col">${both(vi, en)}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${
          rows.length === 0
            ? html`<tr role="row">
                <td role="cell" colspan="${columns.length}">–</td>
              </tr>`
            : rows
        }
      </tbody>
    </table>
  </div>`;

function eventRow(e: EventSummary): Html {
  const type = typeWords(e.type);
  const status = statusWords(e.status);
  return html`<tr role="row">
    <td role="cell" data-label="Số">${e.sequence}</td>
    <td role="cell" data-label="Thời điểm">
      <time datetime="${e.recordedAt.toISOString()}">${localTime(e.recordedAt)}</time>
    </td>
    <th role="rowheader" scope="row">${both(type.vi, type.en)}</th>
    <td role="cell" data-label="Bên báo"><code>${e.sender}</code></td>
    <td role="cell" data-label="Trạng thái">
      ${e.status}
      ${both(status.vi, status.en)}${e.skipped && e.skipped.length > 0 && html` <span class="badge wait">bỏ qua bước ${e.skipped.join(', ')}</span>`}
    </td>
    <td role="cell" data-label="Mã băm"><code title="${e.hash}">${e.hash.slice(0, 12)}</code></td>
  </tr>`;
}

const looks: Record<string, string> = { acknowledged: 'good', open: 'move', parked: 'bad' };

function deliveryRow(d: DeliveryView): Html {
  const state = deliveryWords(d.state);
  const wait = d.state === 'open' && d.wait ? waitWords(d.wait) : undefined;
  const owner = d.state === 'parked' && d.owner ? ownerWords(d.owner) : undefined;
  return html`<tr role="row">
    <th role="rowheader" scope="row"><code>${d.agencyId}</code></th>
    <td role="cell" data-label="Số">${d.sequence}</td>
    <td role="cell" data-label="Tình trạng">
      <span class="badge ${looks[d.state] ?? 'wait'}">${state.vi} · ${state.en}</span>
      ${d.heldFor ? html`${both('chờ hồ sơ', 'waits for')} ${d.heldFor.map((code) => html`${caseLink(code)} `)}` : wait && both(wait.vi, wait.en)}${owner && both(owner.vi, owner.en)}${d.inDoubt && html` <span class="badge wait">nghi vấn · in doubt</span>`}
    </td>
    <td role="cell" data-label="Số lần gửi">${d.attempts}</td>
    <td role="cell" data-label="Lập lúc">${localTime(d.plannedAt)}</td>
    <td role="cell" data-label="Xong lúc">${d.endedAt ? localTime(d.endedAt) : '–'}</td>
  </tr>`;
}
