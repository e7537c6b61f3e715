import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

interface Report {
  summary: { violations: { rule: { name: string }; from: string; to: string }[]; totalCruised: number };
}

describe('the house', () => {
  it('keeps its import rules', () => {
    let out: string;
    try {
      out = execFileSync(
        process.execPath,
        [
          'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
          'apps',
          'libs',
          '--config',
          'test/architecture/import-rules.cjs',
          '-T',
          'json',
        ],
        { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] },
      );
    } catch (error) {
      out = (error as { stdout: string }).stdout;
    }
    const { summary } = JSON.parse(out) as Report;
    expect(summary.totalCruised).toBeGreaterThan(50);
    expect(summary.violations.map((v) => `${v.rule.name}: ${v.from} → ${v.to}`)).toEqual([]);
  }, 300_000);
});
