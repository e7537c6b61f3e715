import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { validateFiguresFile, type FiguresFile } from './figures-file.js';
import { locateFiguresFile } from './locate-figures-file.js';

const text = readFileSync('deploy/figures/province.yaml', 'utf8');
const fileWith = (change: (file: FiguresFile) => void): FiguresFile => {
  const { file } = locateFiguresFile(text);
  change(file);
  return file;
};

describe('a file of figure definitions', () => {
  it('that is shipped is valid, and knows where its faults are', () => {
    expect(locateFiguresFile(text).file.figures.length).toBeGreaterThan(3);
    expect(() => locateFiguresFile(text.replace('measure: cases-open', 'measure: cases-lost'))).toThrow(
      /^agency file: \d+:\d+ \/figures\/2\/versions\/0\/measure enum/,
    );
  });

  it.each<[string, (file: FiguresFile) => void]>([
    ['/figures/1/id unique', ({ figures }) => void (figures[1]!.id = figures[0]!.id)],
    [
      '/figures/0/versions/1/validFrom after:/figures/0/versions/0/validFrom',
      ({ figures: [f] }) => f!.versions.push(f!.versions[0]!),
    ],
    ['/figures/4/versions/0/by only of cases', ({ figures }) => void (figures[4]!.versions[0]!.by = 'unit')],
    [
      '/figures/0/versions/0/by only of cases-resolved',
      ({ figures }) => void (figures[0]!.versions[0]!.by = 'outcome'),
    ],
    [
      '/figures/3/versions/0/of enum:cases-received',
      ({ figures }) => void (figures[3]!.versions[0]!.of = 'petitions-received'),
    ],
    ['/figures/0/versions/0/suppressBelow anyOf', ({ figures }) => void (figures[0]!.versions[0]!.suppressBelow = 2)],
  ])('%s is a fault', (fault, change) => {
    expect(validateFiguresFile(fileWith(change)).map(({ path, rule }) => `${path} ${rule}`)).toContain(fault);
  });
});
