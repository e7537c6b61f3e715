import type { CaseView, Step } from './follow-case.js';
import { both, html, type Html } from './html.js';
import { page } from './layout.js';

const liveScript = `
const way=document.getElementById('case');let last=way.innerHTML;
const look=async()=>{try{const r=await fetch(location.pathname+'/hien-trang');if(r.ok){const t=await r.text();if(t!==last){way.innerHTML=t;last=t}}}catch{}
 if(!way.querySelector('[data-finished]'))setTimeout(look,1000)};setTimeout(look,1000);`;

/** One case on its way, followed live; without scripts the page loads itself again. */
export function statusPage(view: CaseView): string {
  const body = html`<h1>Hồ sơ <code>${view.code}</code></h1>
    <p class="lead">Trang này tự cập nhật. <span class="en" lang="en">This page follows the case live.</span></p>
    <div id="case" aria-live="polite">${caseFragment(view)}</div>
    <p><a class="button" href="/">Nộp hồ sơ khác</a></p>`;
  return page({
    title: `Hồ sơ ${view.code}`,
    body,
    ...(view.known ? { script: liveScript } : {}),
    ...(view.finished ? {} : { reloads: 3 }),
  });
}

export const caseFragment = (view: CaseView): Html =>
  html`<div class="card" ${view.finished && html` data-finished`}>
      <ol class="way">
        ${view.steps.map(drawStep)}
      </ol>
    </div>
    ${result(view)}`;

const signs: Record<Step['state'], string> = { done: '✓', now: '…', waiting: '·', bad: '!' };
const spoken: Record<Step['state'], string> = {
  done: 'xong',
  now: 'đang chờ',
  waiting: 'chưa tới lượt',
  bad: 'có lỗi',
};

const drawStep = (step: Step): Html =>
  html`<li class="${step.state}">
    <span class="dot" role="img" aria-label="${spoken[step.state]}">${signs[step.state]}</span>
    <div>
      <h3>${both(step.vi, step.en)}</h3>
      <p class="fact">${step.fact}</p>
    </div>
  </li>`;

function result({ code, result: record, toHandOver, finished }: CaseView): Html | undefined {
  if (!record) return undefined;
  return html`<section aria-labelledby="h-result">
    <h2 id="h-result">${both('Kết quả', 'Result')}</h2>
    <table>
      <tr>
        <th scope="row">Số phiếu</th>
        <td>${record.number}</td>
      </tr>
      <tr>
        <th scope="row">Ngày cấp</th>
        <td>${record.issuedOn.split('-').reverse().join('/')}</td>
      </tr>
      <tr>
        <th scope="row">Tình trạng án tích</th>
        <td>${record.conviction}</td>
      </tr>
      ${
        record.file &&
        html`<tr>
          <th scope="row">Bản điện tử</th>
          <td><a href="/ho-so/${code}/ket-qua/${record.file.sha256}">${record.file.name}</a></td>
        </tr>`
      }
    </table>
    ${
      toHandOver &&
      html`<form method="post" action="/ho-so/${code}/tra-ket-qua">
        <p><button class="main">Trả kết quả cho công dân</button></p>
      </form>`
    }
    ${!toHandOver && html`<p class="hint">${finished ? 'Đã trả kết quả; Cổng Dịch vụ công quốc gia đã biết.' : 'Đã trả kết quả.'}</p>`}
  </section>`;
}
