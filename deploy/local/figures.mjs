/** One line a figure: its value, its goal, and how it stands to each reference. */
export function tableOf(figures) {
  const rows = figures.map(({ figure, value, unit, reference = {}, ratio = {}, goal, met }) => [
    met ? '✓' : '✗',
    figure,
    `${round(value)} ${unit}`,
    `${goal ?? ''}`,
    Object.entries(reference)
      .map(([name, floor]) => `${name} ${round(floor)} (×${round(ratio[name])})`)
      .join(', '),
  ]);
  const all = [['', 'figure', 'value', 'goal', 'reference (ratio)'], ...rows];
  const widths = all[0].map((_, i) => Math.max(...all.map((row) => row[i].length)));
  return all
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const round = (value) =>
  typeof value === 'number' ? value.toLocaleString('en', { maximumSignificantDigits: 4 }) : String(value);
