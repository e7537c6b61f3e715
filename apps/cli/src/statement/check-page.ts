import { bundleInPage, statementPage, type StatementBundle } from '#wire';
import { checkBundle, type Beside, type Checked } from './check-bundle.js';
import { finding, type Finding } from './finding.js';
import { asSaved, jsonOf } from './read-exactly.js';

/** A printable page: the bundle that it carries, and whether every line of it is what that bundle says. */
export function checkPage(asRead: string, beside: Beside): Checked {
  const page = asSaved(asRead);
  const carried = bundleInPage(page);
  const { value } = jsonOf(carried ?? '');
  if (!isBundle(value))
    return {
      findings: [
        finding('file', 'trang không mang biên bản, hay bị cắt', 'the page carries no statement, or is cut off'),
      ],
      notes: [],
      vouched: false,
    };
  // The page writes `<` otherwise; what it carries is checked as it would stand in a file.
  const checked = checkBundle(JSON.stringify(value), beside);
  if (!checked.statement || checked.findings.some(({ path }) => path === 'file')) return checked;
  const altered = alteredLines(statementPage({ ...(value as StatementBundle), statement: checked.statement }), page);
  return {
    ...checked,
    findings: [...checked.findings, ...altered],
    vouched: checked.vouched && altered.length === 0,
  };
}

const isBundle = (value: unknown): boolean =>
  (value as { kind?: unknown } | undefined | null)?.kind === 'StatementBundle';

function alteredLines(expected: string, page: string): Finding[] {
  if (expected === page) return [];
  const [was, is] = [expected.split('\n'), page.split('\n')];
  if (was.length !== is.length)
    return [finding('page', 'có dòng bị thêm hay bỏ', 'has lines that were added or removed')];
  return was.flatMap((line, i) => {
    if (line === is[i]) return [];
    const path = /data-path="([^"]+)"/.exec(line)?.[1] ?? `page: ${i + 1}`;
    return [finding(path, `dòng ${i + 1} của trang ghi khác biên bản đã ký`, `line ${i + 1} of the page says something else than what was signed`)]; // prettier-ignore
  });
}
