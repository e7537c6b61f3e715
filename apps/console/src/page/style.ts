/** Colours keep a contrast of at least 4.5 to 1 on their ground; no state is told by colour alone. */
export const style = `
:root { color-scheme: light dark; --ground: #f6f7f9; --sheet: #fff; --ink: #1c2430; --quiet: #566072; --line: #dde2ea; --accent: #a4262c;
  --good: #1d6b3d; --good-ground: #e6f4ea; --wait: #7a4b00; --wait-ground: #fdf1dc; --bad: #9b1c1c; --bad-ground: #fde8e8; --move: #1d4f91; --move-ground: #e5effb; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161c; --sheet: #1a2029; --ink: #e8ecf2; --quiet: #a3adbd; --line: #313a47; --accent: #ff9d98;
  --good: #8fdcab; --good-ground: #173323; --wait: #f2c879; --wait-ground: #3a2b10; --bad: #ffb0ab; --bad-ground: #421b1b; --move: #a9ccf7; --move-ground: #182c47; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
a { color: inherit; }
a:focus-visible, button:focus-visible { outline: 3px solid var(--move); outline-offset: 2px; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 8px; top: 8px; background: var(--sheet); padding: 8px; }
header { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: center; padding: 12px 24px; background: var(--sheet); border-bottom: 3px solid var(--accent); }
.brand { font-size: 20px; font-weight: 700; text-decoration: none; color: var(--accent); }
nav { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: center; }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; cursor: pointer; }
button[aria-pressed="true"] { background: var(--wait-ground); color: var(--wait); }
#away { margin: 0; padding: 8px 24px; background: var(--bad-ground); color: var(--bad); }
main { max-width: 1280px; margin: 0 auto; padding: 20px 24px 48px; }
h1 { font-size: 22px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 28px 0 8px; }
.en { color: var(--quiet); font-size: .86em; font-weight: 400; }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 12px; margin: 0; }
.totals div { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
.totals dt { color: var(--quiet); font-size: 13px; } .totals dd { margin: 2px 0 0; font-size: 26px; font-weight: 650; font-variant-numeric: tabular-nums; }
.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 8px 14px; border-bottom: 1px solid var(--line); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { font-size: 13px; color: var(--quiet); font-weight: 600; vertical-align: bottom; } tbody th { font-weight: 600; }
thead .en { display: block; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.zero { color: var(--quiet); }
code, .code { font-family: ui-monospace, "Noto Sans Mono", "DejaVu Sans Mono", monospace; font-size: .92em; overflow-wrap: anywhere; }
.badges { display: flex; flex-wrap: wrap; gap: 4px; margin: 0; padding: 0; list-style: none; }
.badge { display: inline-block; border-radius: 999px; padding: 1px 10px; font-size: 13px; white-space: nowrap; }
.good { color: var(--good); background: var(--good-ground); } .wait { color: var(--wait); background: var(--wait-ground); }
.bad { color: var(--bad); background: var(--bad-ground); } .move { color: var(--move); background: var(--move-ground); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 12px 0 0; } .facts dt { color: var(--quiet); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
@media (max-width: 720px) {
  header, main { padding-left: 14px; padding-right: 14px; }
  .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: 6px; }
  table, tbody, tr, th, td { display: block; } thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  tbody tr { padding: 8px 0; border-bottom: 1px solid var(--line); } tbody tr:last-child { border-bottom: 0; }
  th, td { border: 0; padding: 2px 14px; } .n { text-align: left; }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--quiet); }
}
`;
