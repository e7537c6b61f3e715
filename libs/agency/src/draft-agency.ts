import type { Format } from '#wire';

/** What a first draft is made of: a sample request and, where there is one, the answer that said yes to it. */
interface Sample {
  id: string;
  baseUrl: string;
  path: string;
  request: unknown;
  answer?: { status: number; body: unknown };
}

interface Guess {
  names: RegExp;
  from: string;
  as?: Format;
  /** Which code table a partner usually has for it. */
  table?: string;
}

/** Names of members as partners write them, without marks and capitals; the first that fits. */
const guesses: readonly Guess[] = [
  { names: /^(ma|so)?hoso(mc)?$|^so$|^case(no|code|id)$|^code$/, from: 'code' },
  { names: /^(ma)?(tthc|thutuc)$|^procedure(code)?$/, from: 'application.procedure.code' },
  { names: /^ten(tthc|thutuc)$|^procedurename$/, from: 'application.procedure.name' },
  { names: /^(ma)?linhvuc$|^field(code)?$/, from: 'application.field.code' },
  { names: /^loai(doituong)?$|^(applicant)?kind$/, from: 'application.applicant.kind', table: 'applicantKind' },
  {
    names: /^(chuhoso|hoten|hovaten|ten(nguoinop|chuhoso))$|^(full|applicant)?name$/,
    from: 'application.applicant.name',
  },
  { names: /^(so)?(cccd|cmnd|giayto|dinhdanh|giaytochuhoso)$|^id(number|no)$/, from: 'application.applicant.idNumber' },
  { names: /^(so)?(dienthoai|sdt)$|^phone$/, from: 'application.applicant.phone' },
  { names: /^(e?mail|thudientu)$/, from: 'application.applicant.email' },
  { names: /^ngaynop(hoso)?$|^submitted(at|on)?$/, from: 'application.submittedAt' },
  { names: /^ngay(tiep)?nhan$|^received(at|on)?$/, from: 'application.receivedAt' },
  { names: /^(ngay)?hentra$|^due(at|on|date)?$/, from: 'application.dueAt' },
  { names: /^trangthai(hoso)?$|^status$/, from: 'status', as: 'text' },
  { names: /^kenh(thuchien)?$|^channel$/, from: 'application.channel', table: 'channel' },
  { names: /^(trichyeu|noidung)(hoso)?$|^summary$/, from: 'application.summary' },
];

const forms: readonly [RegExp, Format][] = [
  [/^\d{14}$/, 'yyyyMMddHHmmss'],
  [/^\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}:\d{2}$/, 'dd/MM/yyyy HH:mm:ss'],
  [/^\d{2}\/\d{2}\/\d{4}$/, 'dd/MM/yyyy'],
  [/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/, 'yyyy-MM-ddTHH:mm:ss'],
  [/^\d{4}-\d{2}-\d{2}$/, 'yyyy-MM-dd'],
];

const tables: Record<string, readonly string[]> = {
  applicantKind: ['citizen', 'business', 'state-body', 'other'],
  channel: ['counter', 'online', 'post'],
};

/** What is asked of a draft: the address of the request, whole. */
export interface DraftAsk {
  id: string;
  url: string;
  request: unknown;
  answer?: { status: number; body: unknown };
}

export type Draft = { outcome: 'drafted'; yaml: string } | { outcome: 'wrong-id' | 'wrong-url' };

/** A draft of a file for the agency of that id, from one request as it would be sent to that address. */
export function draftFor({ id, url, ...sample }: DraftAsk): Draft {
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id) || id.length > 32) return { outcome: 'wrong-id' };
  if (!URL.canParse(url)) return { outcome: 'wrong-url' };
  const { origin, pathname } = new URL(url);
  const cut = Math.max(pathname.lastIndexOf('/'), 0);
  const [baseUrl, path] = [origin + pathname.slice(0, cut), pathname.slice(cut) || '/'];
  return { outcome: 'drafted', yaml: draftAgency({ id, baseUrl, path, ...sample }) };
}

/**
 * An agency file to go on from. What the sample doesn't tell is TODO, and no file with one is applied: nothing that a
 * person hasn't decided is ever sent. No value of the sample is taken over, but short codes and numbers.
 */
function draftAgency({ id, baseUrl, path, request, answer }: Sample): string {
  const used = { tables: new Set<string>(), personal: new Set<string>() };
  const item = template(request, used);
  const { personal } = used;
  return [
    '# Bản nháp từ một yêu cầu mẫu: sửa mọi chỗ TODO, rồi `lienthong agency rehearse`. · A draft: every TODO is yours to decide.',
    'apiVersion: lienthong/v1',
    'kind: Agency',
    `id: ${id}`,
    'name: { vi: TODO, en: TODO }',
    'versions:',
    '  - validFrom: 2018-01-01',
    '    owner: TODO',
    '    protocol: http',
    '    endpoint:',
    `      baseUrl: ${JSON.stringify(baseUrl)}`,
    '      login: { kind: TODO } # docs/mapping.md',
    '    receives: [{ procedures: ["*"], events: [case.received] }]',
    '    sends: []',
    ...(used.tables.size === 0 ? [] : ['    codeTables:', ...[...used.tables].flatMap(tableLines)]),
    ...(personal.size === 0
      ? []
      : [
          '    discloses:',
          `      fields: [${[...personal].join(', ')}]`,
          '      basis: TODO # điều, khoản · article of the law',
        ]),
    '    operations:',
    '      create:',
    '        events: [case.received]',
    `        path: ${JSON.stringify(path)}`,
    `        item:${item.startsWith('\n') ? item.replaceAll('\n', '\n          ') : ` ${item}`}`,
    '    limits: { inFlight: 4, timeout: 10s }',
    '    retry: { first: 2s, factor: 2, atMost: 10m, giveUpAfter: 72h }',
    '    onDuplicate: refuse # or update, with an operation for it',
    '    replies: # what no row knows is doubt, never success',
    `      - { when: ${acceptedBy(answer)}, means: accepted }`,
    '      - { when: { text: TODO }, means: already-held }',
    '      - { when: { text: TODO }, means: refused }',
    '      - { when: { status: [429, 503] }, means: busy }',
    '',
  ].join('\n');
}

type Used = { tables: Set<string>; personal: Set<string> };

function template(value: unknown, used: Used, name = ''): string {
  if (Array.isArray(value))
    return `[${value
      .slice(0, 1)
      .map((one) => inline(one, used))
      .join('')}] # TODO: each, give`;
  if (value !== null && typeof value === 'object')
    return Object.entries(value)
      .map(([member, inner]) => {
        const made = template(inner, used, member);
        return `\n${keyOf(member)}:${made.startsWith('\n') ? made.replaceAll('\n', '\n  ') : ` ${made}`}`;
      })
      .join('');
  return leaf(value, used, name);
}

const inline = (value: unknown, used: Used): string =>
  value !== null && typeof value === 'object'
    ? `{ ${Object.entries(value)
        .map(
          ([member, inner]) =>
            `${keyOf(member)}: ${inner !== null && typeof inner === 'object' ? '{ from: TODO }' : leaf(inner, used, member)}`,
        )
        .join(', ')} }`
    : leaf(value, used, '');

function leaf(value: unknown, used: Used, name: string): string {
  const guess = guesses.find(({ names }) => names.test(folded(name)));
  const as =
    guess?.as ?? (guess?.from.endsWith('At') ? forms.find(([form]) => form.test(String(value)))?.[1] : undefined);
  if (guess) {
    if (guess.from.startsWith('application.applicant.')) used.personal.add(guess.from.slice('application.'.length));
    if (guess.table) used.tables.add(guess.table);
    return `{ from: ${guess.from}${guess.table ? `, table: ${guess.table}` : ''}${as ? `, as: ${as}` : ''} }`;
  }
  const isCode = typeof value !== 'string' || /^[A-Z0-9_-]{1,4}$/.test(value);
  return isCode ? JSON.stringify(value) : '{ from: TODO }';
}

const tableLines = (name: string): string[] => [
  `      ${name}:`,
  `        - { validFrom: 2018-01-01, codes: { ${tables[name]!.map((code) => `${code}: TODO`).join(', ')} } }`,
];

/** The first short member of the answer tells a yes from a no, if anything does. */
function acceptedBy(answer: Sample['answer']): string {
  if (!answer) return '{ status: 2xx, json: { TODO: TODO } }';
  const said = Object.entries((answer.body ?? {}) as Record<string, unknown>).find(
    ([, value]) => ['number', 'boolean'].includes(typeof value) || (typeof value === 'string' && value.length <= 8),
  );
  const json = said ? `json: { ${keyOf(said[0])}: ${JSON.stringify(said[1])} }` : 'json: { TODO: TODO }';
  return `{ status: ${answer.status}, ${json} }`;
}

const folded = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

const keyOf = (member: string): string => (/^[A-Za-z_][\w-]*$/.test(member) ? member : JSON.stringify(member));
