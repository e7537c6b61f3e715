import { createHash } from 'node:crypto';

interface Attachment {
  sha256: string;
  name: string;
  mediaType: string;
  bytes: Buffer;
}

/** What was filled in: every text in NFC without white space around it. */
export interface Filled {
  values: ReadonlyMap<string, string>;
  /** Rows of the residence history, by the name of their fields. */
  residences: Record<string, string>[];
  attachments: Attachment[];
  /** Which button was pressed. */
  action: string;
}

/** Reads a form post of either encoding. */
export async function readForm(body: Buffer, contentType: string): Promise<Filled> {
  const form = contentType.startsWith('multipart/form-data')
    ? await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()
    : new URLSearchParams(body.toString('utf8'));
  const values = new Map<string, string>();
  const rows = new Map<number, Record<string, string>>();
  const attachments: Attachment[] = [];
  for (const [name, value] of form) {
    if (typeof value !== 'string') {
      if (value.size > 0) attachments.push(await attachment(value));
      continue;
    }
    const text = value.replaceAll('\r\n', '\n').normalize('NFC').trim();
    const [, row, member] = /^residences\.(\d{1,3})\.(\w+)$/.exec(name) ?? [];
    if (row === undefined || member === undefined) values.set(name, text);
    else rows.set(Number(row), { ...rows.get(Number(row)), [member]: text });
  }
  const residences = [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
  return { values, residences, attachments, action: values.get('action') ?? 'submit' };
}

export const emptyForm = (
  values: Record<string, string> = {},
  residences: Record<string, string>[] = [{}],
): Filled => ({
  values: new Map(Object.entries(values)),
  residences,
  attachments: [],
  action: '',
});

async function attachment(file: File): Promise<Attachment> {
  const bytes = Buffer.from(await file.arrayBuffer());
  return {
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    name: file.name.normalize('NFC'),
    mediaType: file.type || 'application/octet-stream',
  };
}
