type Members = Record<string, unknown>;

/** What the one-stop will send to the hub: a case, or an event of one that it entered before. */
export interface Submission {
  key: string;
  code: string;
  kind: 'case' | 'event';
  /** The event's type; a case is `case.received`. */
  type: string;
  /** Filled in once, so that the same key always has the same body. */
  body: Members;
  /** sha256 of files in this one-stop's store that the hub must have first. */
  files: { sha256: string; mediaType: string }[];
  afterResult?: AfterResult;
}

/** What the counter does when the result has come, e.g. hands it over. */
export interface AfterResult {
  delayMs: number;
  key: string;
  event: Members;
}

export interface UploadedFile {
  sha256: string;
  mediaType: string;
  base64: string;
}

const receivedType = 'vn.lienthong.case.received.v1';
const changedType = 'vn.lienthong.case.status-changed.v1';

/** `{ key, case }` or `{ key, code, event }` as they come to the control port; a sentence where it is neither. */
export function readSubmission(body: unknown): { submission: Submission; uploads: UploadedFile[] } | string {
  if (body === null || typeof body !== 'object') return 'a submission is an object';
  const { key, case: entered, code, event, afterResult, files } = body as Members;
  if (typeof key !== 'string' || key === '') return 'key is missing';
  const uploads = (files ?? []) as UploadedFile[];
  const plan = readAfterResult(key, afterResult);
  if (typeof plan === 'string') return plan;
  const more = {
    files: uploads.map(({ sha256, mediaType }) => ({ sha256, mediaType })),
    ...(plan ? { afterResult: plan } : {}),
  };
  if (entered !== null && typeof entered === 'object') {
    const caseCode = (entered as Members)['code'];
    if (typeof caseCode !== 'string' || caseCode === '') return 'case.code is missing';
    return {
      uploads,
      submission: { key, code: caseCode, kind: 'case', type: receivedType, body: entered as Members, ...more },
    };
  }
  if (event === null || typeof event !== 'object' || typeof code !== 'string' || code === '')
    return 'neither case nor code and event';
  return { uploads, submission: { ...eventSubmission(key, code, event as Members), ...more } };
}

/** A CloudEvent with what its writer left out; `data.at` too, for one that is sent when something has happened. */
export function eventSubmission(key: string, code: string, event: Members): Submission {
  const now = new Date().toISOString();
  const data = (event['data'] ?? {}) as Members;
  const type = typeof event['type'] === 'string' ? event['type'] : changedType;
  const isState = type === changedType;
  return {
    key,
    code,
    kind: 'event',
    type,
    files: [],
    body: {
      specversion: '1.0',
      id: key,
      source: '/mot-cua',
      type,
      subject: `case/${code}`,
      time: now,
      datacontenttype: 'application/json',
      ...event,
      data: isState && data['at'] === undefined ? { ...data, at: now } : data,
    },
  };
}

function readAfterResult(key: string, asked: unknown): AfterResult | string | undefined {
  if (asked === undefined || asked === null) return undefined;
  const { delayMs, event, key: ownKey } = asked as Members;
  if (typeof delayMs !== 'number' || delayMs < 0 || event === null || typeof event !== 'object')
    return 'afterResult needs delayMs and event';
  return { delayMs, event: event as Members, key: typeof ownKey === 'string' ? ownKey : `${key}:after-result` };
}
