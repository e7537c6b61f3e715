import { MOST_COUNTED, type AgencyState, type CaseHeader, type LaneView } from '#ledger';
import { both, html, type Html } from './html.js';
import { grouped, localTime, ownerWords, statusWords } from './words.js';

export interface Overview {
  at: Date;
  agencies: (AgencyState & { lastAcknowledged: Date | null })[];
  today: { cases: number; acknowledged: number };
  cases: CaseHeader[];
  lanes: ReadonlyMap<string, readonly LaneView[]>;
}

export function overviewPage({ at, agencies, today, cases, lanes }: Overview): Html {
  const sum = (of: (agency: AgencyState) => number): string =>
    atMost(agencies.reduce((total, agency) => total + of(agency), 0));
  return html` <h1>${both('Tình hình liên thông', 'Overview')}</h1>
    <p class="quiet">Lúc <time datetime="${at.toISOString()}">${localTime(at)}</time></p>
    <dl class="totals">
      <div>
        <dt>${both('Hồ sơ mới hôm nay', 'cases today')}</dt>
        <dd>${grouped(today.cases)}</dd>
      </div>
      <div>
        <dt>${both('Lượt chuyển thành công hôm nay', 'delivered today')}</dt>
        <dd>${grouped(today.acknowledged)}</dd>
      </div>
      <div>
        <dt>${both('Đang chờ', 'waiting')}</dt>
        <dd>${sum((a) => a.turn + a.timer)}</dd>
      </div>
      <div>
        <dt>${both('Đang gửi', 'sending')}</dt>
        <dd>${sum((a) => a.sending)}</dd>
      </div>
      <div>
        <dt>${both('Chờ người xử lý', 'parked')}</dt>
        <dd>${sum((a) => a.person)}</dd>
      </div>
    </dl>
    <h2 id="agencies">${both('Cơ quan', 'Agencies')}</h2>
    <div class="sheet">
      <table role="table" aria-labelledby="agencies">
        <thead role="rowgroup">
          <tr role="row">
            ${agencyColumns.map(([vi, en, n]) => html`<th role="columnheader" scope="col" class="${n ? 'n' : ''}">${both(vi, en)}</th>`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${
            agencies.length === 0
              ? html`<tr role="row">
                  <td role="cell" colspan="${agencyColumns.length}">
                    Chưa có cơ quan nào. <code>lienthong setup --agencies DIR</code>
                  </td>
                </tr>`
              : agencies.map(agencyRow)
          }
        </tbody>
      </table>
    </div>
    <h2 id="cases">${both('50 hồ sơ mới nhất', 'last 50 cases')}</h2>
    <p class="quiet">
      ${legend.map(({ mark, vi, en }) => html`<span class="code">${mark}</span> ${both(vi, en)} &ensp;`)}
    </p>
    <div class="sheet">
      <table role="table" aria-labelledby="cases">
        <thead role="rowgroup">
          <tr role="row">
            ${caseColumns.map(([vi, en]) => html`<th role="columnheader" scope="col">${both(vi, en)}</th>`)}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${
            cases.length === 0
              ? html`<tr role="row">
                  <td role="cell" colspan="${caseColumns.length}">
                    Chưa có hồ sơ nào. <span class="en" lang="en">No cases yet.</span>
                  </td>
                </tr>`
              : cases.map((c) => caseRow(c, lanes.get(c.streamId) ?? []))
          }
        </tbody>
      </table>
    </div>`;
}

const agencyColumns: [vi: string, en: string, numeric?: true][] = [
  ['Cơ quan', 'agency'],
  ['Chờ lượt', 'waiting', true],
  ['Hẹn giờ', 'on timer', true],
  ['Đang gửi', 'sending', true],
  ['Nghi vấn', 'in doubt', true],
  ['Chờ người', 'parked', true],
  ['Nguyên nhân hay gặp nhất', 'commonest cause'],
  ['Xác nhận gần nhất', 'last acknowledged'],
];
const caseColumns: [vi: string, en: string][] = [
  ['Mã hồ sơ', 'case'],
  ['Thủ tục', 'procedure'],
  ['Trạng thái', 'status'],
  ['Nơi nhập', 'entered by'],
  ['Các cơ quan', 'agencies'],
];

function agencyRow(a: Overview['agencies'][number]): Html {
  const cells: [number, string][] = [
    [a.turn, 'Chờ lượt'],
    [a.timer, 'Hẹn giờ'],
    [a.sending, 'Đang gửi'],
    [a.inDoubt, 'Nghi vấn'],
    [a.person, 'Chờ người'],
  ];
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      ${both(a.name.vi, a.name.en)}<br /><code class="quiet">${a.id}</code
      >${standsWords(a).map((line) => html`<br /><span class="badge wait">${line}</span>`)}
    </th>
    ${cells.map(([n, label]) => html`<td role="cell" class="n${n === 0 ? ' zero' : ''}" data-label="${label}">${atMost(n)}</td>`)}
    <td role="cell" data-label="Nguyên nhân">${a.cause ? cause(a.cause) : '–'}</td>
    <td role="cell" data-label="Xác nhận gần nhất">
      ${a.lastAcknowledged ? html`<time datetime="${a.lastAcknowledged.toISOString()}">${localTime(a.lastAcknowledged)}</time>` : '–'}
    </td>
  </tr>`;
}

/** Since when and why nothing is sent, and how many wait: a paused agency falls out of nobody's sight. */
function standsWords({ paused, breaker, turn }: AgencyState): string[] {
  const waiting = `${atMost(turn)} đang chờ · waiting`;
  return [
    ...(paused
      ? [
          `tạm dừng · paused ${paused.since ? localTime(paused.since) : ''}${paused.until ? ` – ${localTime(paused.until)}` : ''}: ${paused.reason ?? '–'}; ${waiting}`,
        ]
      : []),
    ...(breaker
      ? [`không trả lời · breaker open ${localTime(breaker.since)}: ${breaker.reason ?? '–'}; ${waiting}`]
      : []),
  ];
}

function cause({ owner, fingerprint, deliveries }: NonNullable<AgencyState['cause']>): Html {
  const whose = ownerWords(owner ?? '–');
  return html`${both(whose.vi, whose.en)} <code>${fingerprint ?? '–'}</code> × ${atMost(deliveries)}`;
}

function caseRow(c: CaseHeader, lanes: readonly LaneView[]): Html {
  const status = statusWords(c.status);
  return html`<tr role="row">
    <th role="rowheader" scope="row"><a class="code" href="/cases/${encodeURIComponent(c.code)}">${c.code}</a></th>
    <td role="cell" data-label="Thủ tục"><span class="code">${c.procedure}</span></td>
    <td role="cell" data-label="Trạng thái">${c.status} ${both(status.vi, status.en)}</td>
    <td role="cell" data-label="Nơi nhập"><code>${c.enteredBy}</code></td>
    <td role="cell">
      <ul class="badges">
        ${lanes.map((lane) => html`<li>${laneBadge(lane)}</li>`)}
      </ul>
    </td>
  </tr>`;
}

interface Standing {
  mark: string;
  look: string;
  vi: string;
  en: string;
}
const standings = {
  done: { mark: '✓', look: 'good', vi: 'đã nhận đủ', en: 'up to date' },
  sending: { mark: '→', look: 'move', vi: 'đang gửi', en: 'sending' },
  turn: { mark: '…', look: 'move', vi: 'chờ lượt', en: 'waiting' },
  timer: { mark: '⏱', look: 'wait', vi: 'hẹn giờ gửi lại', en: 'on a timer' },
  doubt: { mark: '?', look: 'wait', vi: 'nghi vấn', en: 'in doubt' },
  person: { mark: '!', look: 'bad', vi: 'chờ người', en: 'parked' },
} satisfies Record<string, Standing>;
const legend: Standing[] = Object.values(standings);

function standingOf(lane: LaneView): Standing {
  if (lane.done >= lane.last) return standings.done;
  if (lane.wait === 'person') return standings.person;
  if (lane.inDoubt) return standings.doubt;
  if (lane.sending) return standings.sending;
  return lane.wait === 'timer' ? standings.timer : standings.turn;
}

/** One agency's place in one case: the mark for the eye, the words for everybody. */
export function laneBadge(lane: LaneView): Html {
  const { mark, look, vi, en } = standingOf(lane);
  return html`<span class="badge ${look}" title="${vi} · ${en}"
    >${lane.agencyId} <span aria-hidden="true">${mark}</span><span class="skip">: ${vi}</span></span
  >`;
}

const atMost = (n: number): string => (n >= MOST_COUNTED ? `≥ ${grouped(MOST_COUNTED)}` : grouped(n));
