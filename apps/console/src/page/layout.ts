import { createHash } from 'node:crypto';
import { html, Html } from './html.js';
import { refresh } from './refresh.script.js';
import { style } from './style.js';

const allowed = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Only this page's own style and script run, named by their hashes; nothing is fetched from elsewhere, nothing framed. */
export const headers: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; style-src ${allowed(style)}; script-src ${allowed(refresh)}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

export interface Links {
  counterForm: string;
  apiDocs: string;
}

/** Whole blocks, so that no formatter puts white space inside what the policy's hashes cover. */
const styleBlock = new Html(`<style>${style}</style>`);
const scriptBlock = new Html(`<script>${refresh}</script>`);

/** `live` names the address of the part that refreshes itself. */
export function page(title: string, links: Links, content: Html, live: string): string {
  return html`<!doctype html>
    <html lang="vi">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${styleBlock}
        <noscript><meta http-equiv="refresh" content="5" /></noscript>
      </head>
      <body>
        <a class="skip" href="#live">Đến nội dung</a>
        <header>
          <a class="brand" href="/">Liên Thông</a>
          <nav aria-label="Liên kết">
            <a href="${links.counterForm}">Quầy tiếp nhận <span class="en" lang="en">counter form</span></a>
            <a href="${links.apiDocs}">Tài liệu API <span class="en" lang="en">API docs</span></a>
            <button type="button" id="pause" aria-pressed="false" hidden>
              Tạm dừng cập nhật <span class="en" lang="en">pause</span>
            </button>
          </nav>
        </header>
        <p id="away" role="status" hidden>
          Mất liên lạc với trang này, đang thử lại… <span class="en" lang="en">connection lost, trying again</span>
        </p>
        <main id="live" data-from="${live}">${content}</main>
        ${scriptBlock}
      </body>
    </html> `.toString();
}
