import { html, type Html } from './html.js';

const css = `
:root{--ink:#1c2733;--soft:#5b6875;--line:#d5dce3;--paper:#fff;--ground:#f3f5f8;--blue:#0b4f9e;--blue-soft:#e8f0fa;--red:#b3261e;--red-soft:#fdeceb;--green:#1b6e3c;--green-soft:#e7f5ec;--amber:#8a5300;--amber-soft:#fdf3e1}
*{box-sizing:border-box}[hidden]{display:none!important}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI","Noto Sans",Roboto,sans-serif}
header.top{background:var(--blue);color:#fff}
header.top div{max-width:960px;margin:0 auto;padding:14px 20px;display:flex;gap:8px 24px;align-items:baseline;flex-wrap:wrap}
header.top a{color:#fff}header.top strong{font-size:18px;margin-right:auto}
main{max-width:960px;margin:0 auto;padding:24px 20px 80px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px}h2{font-size:18px;margin:0 0 12px}
.en{color:var(--soft);font-size:.82em;font-weight:400;font-style:italic}
p.lead{margin:0 0 20px;color:var(--soft)}
section,.card{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin:0 0 16px}
.grid{display:grid;grid-template-columns:1fr 1fr;gap:14px 20px}.wide{grid-column:1/-1}
label,legend{display:block;font-weight:600;font-size:15px;margin:0 0 4px;padding:0}
fieldset{border:0;margin:0;padding:0;min-width:0}
input[type=text],input[type=tel],input[type=email],select,textarea{width:100%;font:inherit;color:inherit;padding:9px 11px;border:1px solid #9aa7b4;border-radius:7px;background:#fff}
textarea{min-height:74px}
:is(input,select,textarea,button,a,summary):focus-visible{outline:3px solid #f2b705;outline-offset:2px}
.choices{display:flex;flex-wrap:wrap;gap:6px 22px;padding-top:6px}.choices label,.tick label{font-weight:400;display:flex;gap:8px;align-items:baseline;margin:0}
.hint{color:var(--soft);font-size:13.5px;margin:4px 0 0}
.must{color:var(--red);text-decoration:none}
.wrong input,.wrong select,.wrong textarea{border-color:var(--red);box-shadow:inset 0 0 0 1px var(--red)}
.fault{color:var(--red);font-size:14.5px;font-weight:600;margin:4px 0 0}
.summary{background:var(--red-soft);border-color:var(--red)}.summary ul{margin:6px 0 0;padding-left:20px}.summary a{color:var(--red)}
.row{border:1px solid var(--line);border-radius:8px;padding:12px 14px;margin:0 0 12px;background:#fafbfc}
.row .head{display:flex;justify-content:space-between;align-items:center;margin-bottom:8px}
button,.button{font:inherit;font-weight:600;border-radius:8px;border:1px solid var(--blue);padding:10px 18px;cursor:pointer;background:#fff;color:var(--blue);text-decoration:none;display:inline-block}
button.main,.button.main{background:var(--blue);color:#fff}button.small{padding:4px 10px;font-size:14px;margin:0 0 6px}
.actions{display:flex;gap:12px;flex-wrap:wrap;align-items:center;position:sticky;bottom:0;background:var(--ground);padding:14px 0;border-top:1px solid var(--line)}
ol.way{list-style:none;margin:0;padding:0}
ol.way>li{display:grid;grid-template-columns:34px 1fr;gap:0 14px;padding:0 0 20px;position:relative}
ol.way>li:not(:last-child)::before{content:"";position:absolute;left:16px;top:34px;bottom:0;width:2px;background:var(--line)}
.dot{width:34px;height:34px;border-radius:50%;display:grid;place-items:center;font-weight:700;background:#e3e8ed;color:var(--soft)}
.done .dot{background:var(--green);color:#fff}.now .dot{background:var(--amber-soft);color:var(--amber);box-shadow:inset 0 0 0 2px var(--amber)}.bad .dot{background:var(--red);color:#fff}
.way h3{margin:4px 0 2px;font-size:16.5px}.way p{margin:0}.way .fact{color:var(--soft)}
code{font-family:ui-monospace,"Noto Sans Mono",monospace;background:#eef1f4;border-radius:5px;padding:1px 6px}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:8px 10px;border-bottom:1px solid var(--line);vertical-align:top}th{font-size:14px;color:var(--soft)}
.tag{white-space:nowrap;border-radius:99px;padding:2px 10px;font-size:14px;font-weight:600}.tag.up{background:var(--green-soft);color:var(--green)}.tag.off{background:var(--red-soft);color:var(--red)}
.skip{position:absolute;left:-9999px}.skip:focus{left:8px;top:8px;background:#fff;padding:8px;z-index:9}
@media(max-width:680px){.grid{grid-template-columns:1fr}}
@media(prefers-reduced-motion:no-preference){.now .dot{animation:p 1.4s infinite alternate}@keyframes p{to{box-shadow:inset 0 0 0 2px var(--amber),0 0 0 5px var(--amber-soft)}}}
`;

export interface Page {
  title: string;
  body: Html;
  /** Runs in the page, which works without it too. */
  script?: string;
  /** Seconds after which a browser without scripts loads the page again. */
  reloads?: number;
}

export function page({ title, body, script, reloads }: Page): string {
  const head = html`<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Một cửa thử nghiệm</title>
${reloads === undefined ? undefined : html`<noscript><meta http-equiv="refresh" content="${reloads}" /></noscript>`}
<style>`;
  const rest = html`</style></head><body>
<a class="skip" href="#main">Đến nội dung chính</a>
<header class="top"><div><strong>Một cửa Tây Ninh · bản thử nghiệm</strong><a href="/">Nộp hồ sơ</a><a href="/doi-tac">Các hệ thống</a></div></header>
<main id="main">${body}</main>`;
  return `${head.text}${css}${rest.text}${script === undefined ? '' : `<script>${script}</script>`}</body></html>`;
}
