/** Paper, margins, letters and page numbers as Decree 30/2020 has them: numbers at the top, none on the first page. */
export const pageStyle = `
@page { size: A4 portrait; margin: 20mm 15mm 20mm 30mm; @top-center { content: counter(page) "/" counter(pages); font: 13pt "Times New Roman", "Liberation Serif", serif; } }
@page :first { @top-center { content: none; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 16px; max-width: 180mm; color: #000; background: #fff; font: 12pt/1.35 "Times New Roman", "Noto Serif", "Liberation Serif", serif; }
header, .signing { display: grid; gap: 6mm; text-align: center; }
header { grid-template-columns: 2fr 3fr; }
header div:last-child { white-space: nowrap; }
.motto { display: inline-block; font-size: 13pt; border-bottom: .5pt solid #000; padding: 0 1mm 1mm; }
h1 { font-size: 14pt; text-align: center; margin: 6mm 0 4mm; }
h2 { font-size: 12pt; margin: 5mm 0 2mm; break-after: avoid; }
i { font-size: .88em; color: #333; font-weight: 400; }
table { border-collapse: collapse; width: 100%; margin: 0 0 3mm; }
th, td { border: .5pt solid #000; padding: 1mm 2mm; text-align: left; vertical-align: top; font-weight: 400; }
thead { display: table-header-group; } thead th, .sum > * { font-weight: 700; }
tr { break-inside: avoid; }
.said th { width: 38%; }
.counts th { width: 78%; }
.list { font-size: 10pt; }
.list th:nth-child(2) { width: 38%; }
.list td:nth-child(5) { white-space: nowrap; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font: 9pt/1.2 "Noto Sans Mono", "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.signing { grid-template-columns: 1fr 1fr; margin-top: 8mm; break-inside: avoid; }
.signing p { margin: 0; }
.signing .what { grid-column: 1 / 3; font-size: 10pt; text-align: left; }
.signing .when { grid-column: 2; font-style: italic; }
.room { display: block; height: 28mm; }
small { font-size: 9pt; overflow-wrap: anywhere; }
footer { margin-top: 8mm; font-size: 9pt; border-top: .5pt solid #000; padding-top: 1mm; }
@media print { body { padding: 0; max-width: none; } }
`;
