import type { Faults } from './check-declaration.js';
import { laterSections, residenceFields, sections, type Field, type Section } from './fields.js';
import { both, html, type Html } from './html.js';
import { page } from './layout.js';
import type { CounterOptions } from './options.js';
import type { Filled } from './read-form.js';

const addRowScript = `
const list=document.getElementById('residences');
const renumber=()=>[...list.children].forEach((row,n)=>{row.querySelector('.number').textContent=n+1;
 for(const e of row.querySelectorAll('[name],[id],[for],[aria-describedby]'))for(const a of ['name','id','for','aria-describedby','value'])
  if(e.hasAttribute(a)&&(a!=='value'||e.tagName==='BUTTON'))e.setAttribute(a,e.getAttribute(a).replace(/(residences[.]|remove-row[.])\\d+/g,'$1'+n));});
document.addEventListener('click',e=>{const b=e.target.closest('button[name=action]');if(!b)return;
 if(b.value==='add-row'){e.preventDefault();const row=list.lastElementChild.cloneNode(true);
  row.querySelectorAll('.fault').forEach(f=>f.remove());row.querySelectorAll('.wrong').forEach(f=>f.classList.remove('wrong'));
  row.querySelectorAll('input').forEach(i=>{i.value='';i.removeAttribute('aria-invalid')});list.append(row);renumber();row.querySelector('input').focus()}
 else if(b.value.startsWith('remove-row.')&&list.children.length>1){e.preventDefault();b.closest('.row').remove();renumber()}});
const summary=document.getElementById('faults');if(summary)summary.focus();`;

/** The declaration, empty, filled, or with what is wrong beside each field. */
export function formPage(filled: Filled, faults: Faults, options: CounterOptions): string {
  const drawn = (section: Section): Html =>
    html`<section aria-labelledby="h-${section.id}">
      <h2 id="h-${section.id}">${both(section.vi, section.en)}</h2>
      ${section.note ? html`<p class="hint">${section.note}</p>` : undefined}
      <div class="grid">
        ${section.fields.map((field) => drawField(field, field.name, filled.values.get(field.name) ?? '', faults, options))}
      </div>
    </section>`;

  const body = html`<h1>Tờ khai yêu cầu cấp Phiếu lý lịch tư pháp</h1>
    <p class="lead">
      Điền một lần; hồ sơ tự đến phần mềm lý lịch tư pháp và Cổng Dịch vụ công quốc gia.
      <span class="en" lang="en">Fill in once; the case reaches every system by itself.</span>
    </p>
    ${summary(faults)}
    <form method="post" action="/" enctype="multipart/form-data" novalidate>
      <button name="action" value="submit" hidden></button>
      <div class="card">
        <button name="action" value="example" formnovalidate>Điền mẫu</button>
        <span class="hint">Dữ liệu bịa, để xem thử. <span class="en" lang="en">Fill with made-up data</span></span>
      </div>
      ${sections.map(drawn)} ${residences(filled, faults, options)} ${laterSections.map(drawn)}
      <section aria-labelledby="h-files">
        <h2 id="h-files">${both('Giấy tờ kèm theo', 'Attachments, optional')}</h2>
        <div class="${faults.has('attachments') ? 'wrong' : ''}">
          <label for="attachments">Tệp PDF, JPEG hoặc PNG, mỗi tệp không quá 5 MB</label>
          <input
            type="file"
            id="attachments"
            name="attachments"
            multiple
            accept="application/pdf,image/jpeg,image/png"
          />
          ${fault('attachments', faults)}
        </div>
      </section>
      <div class="actions">
        <button class="main" id="send" name="action" value="submit">Nộp hồ sơ</button
        ><span class="hint">Ô có dấu <span class="must">*</span> là bắt buộc</span>
      </div>
    </form>`;
  return page({ title: 'Tờ khai lý lịch tư pháp', body, script: addRowScript });
}

function residences(filled: Filled, faults: Faults, options: CounterOptions): Html {
  const rows = filled.residences.length > 0 ? filled.residences : [{}];
  return html`<section aria-labelledby="h-history">
    <h2 id="h-history">${both('Quá trình cư trú từ khi đủ 14 tuổi', 'Residence history since the age of 14')}</h2>
    <div id="residences">${rows.map((row, n) => residenceRow(row, n, faults, options))}</div>
    <button class="small" name="action" value="add-row" formnovalidate>Thêm một nơi cư trú</button>
  </section>`;
}

const residenceRow = (row: Record<string, string>, n: number, faults: Faults, options: CounterOptions): Html =>
  html`<div class="row">
    <div class="head">
      <strong>Nơi thứ <span class="number">${n + 1}</span></strong
      ><button class="small" name="action" value="remove-row.${n}" formnovalidate>Bỏ dòng này</button>
    </div>
    <div class="grid">
      ${residenceFields.map((field) => drawField(field, `residences.${n}.${field.name}`, row[field.name] ?? '', faults, options))}
    </div>
  </div>`;

function summary(faults: Faults): Html | undefined {
  if (faults.size === 0) return undefined;
  return html`<div class="card summary" id="faults" role="alert" tabindex="-1">
    <h2>Còn ${faults.size} chỗ cần sửa</h2>
    <ul>
      ${[...faults].map(([name, wrong]) => html`<li><a href="#${name}">${wrong}</a></li>`)}
    </ul>
  </div>`;
}

const fault = (name: string, faults: Faults): Html | undefined =>
  faults.has(name) ? html`<p class="fault" id="${name}-fault">${faults.get(name)}</p>` : undefined;

function drawField(field: Field, name: string, value: string, faults: Faults, options: CounterOptions): Html {
  const wrong = faults.has(name);
  const classes = [field.wide ? 'wide' : '', wrong ? 'wrong' : '', field.kind === 'check' ? 'tick' : ''].join(' ');
  const described = [wrong ? `${name}-fault` : '', field.hint ? `${name}-hint` : ''].filter(Boolean).join(' ');
  const marks = html`${described ? html` aria-describedby="${described}"` : undefined}${wrong && html` aria-invalid="true"`}${field.required && html` aria-required="true"`}`;
  const text = html`${both(field.vi, field.en)}${field.required && html` <span class="must" aria-hidden="true">*</span>`}`;
  const after = html`${field.hint && html`<p class="hint" id="${name}-hint">${field.hint}</p>`}${fault(name, faults)}`;
  if (field.kind === 'check') {
    return html`<div class="${classes}">
      <label for="${name}"
        ><input type="checkbox" id="${name}" name="${name}" value="1" ${value && html` checked`}${marks} /><span
          >${text}</span
        ></label
      >${after}
    </div>`;
  }
  if (field.kind === 'radio') {
    const choices = choicesOf(field, options).map(
      ([code, label], i) =>
        html`<label
          ><input
            type="radio"
            name="${name}"
            value="${code}"
            ${i === 0 && html` id="${name}"`}${value === code && html` checked`}
          />${label}</label
        >`,
    );
    return html`<fieldset class="${classes}" role="radiogroup" ${marks}>
      <legend>${text}</legend>
      <div class="choices">${choices}</div>
      ${after}
    </fieldset>`;
  }
  return html`<div class="${classes}">
    <label for="${name}">${text}</label>${input(field, name, value, marks, options)}${after}
  </div>`;
}

function input(field: Field, name: string, value: string, marks: Html, options: CounterOptions): Html {
  if (field.kind === 'select') {
    const choices = choicesOf(field, options).map(
      ([code, label]) => html`<option value="${code}" ${value === code && html` selected`}>${label}</option>`,
    );
    return html`<select id="${name}" name="${name}" ${marks}>
      <option value="">— Chọn —</option>
      ${choices}
    </select>`;
  }
  if (field.kind === 'area')
    return html`<textarea id="${name}" name="${name}" maxlength="${field.most}" ${marks}>${value}</textarea>`;
  const type = field.kind === 'phone' ? 'tel' : field.kind === 'email' ? 'email' : 'text';
  const digits = field.kind === 'number' && html` inputmode="numeric"`;
  return html`<input
    type="${type}"
    id="${name}"
    name="${name}"
    value="${value}"
    autocomplete="off"
    ${field.most && html` maxlength="${field.most}"`}${digits}${marks}
  />`;
}

const choicesOf = ({ from }: Field, options: CounterOptions): [string, string][] =>
  typeof from === 'string' ? options[from].map(({ code, name }) => [code, name]) : (from ?? []);
