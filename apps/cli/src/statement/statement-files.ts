import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Trouble } from '../verb.js';
import { checkBundle, type Beside, type Checked } from './check-bundle.js';
import { checkChain, type CheckedFile } from './check-chain.js';
import { checkPage } from './check-page.js';
import { finding } from './finding.js';
import { jsonOf, utf8Of } from './read-exactly.js';

/** A statement of 100,000 discrepancies has 20 MB; what is far beyond it only costs time. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Whole; of a pipe or a device as much as of a file, and never more than a statement can have. */
async function bytesOf(file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MOST_BYTES) throw new Trouble(`${file} lớn hơn 64 MB: không phải biên bản`, `${file} is larger than 64 MB: no statement`); // prettier-ignore
      }
      return Buffer.concat(chunks);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Trouble) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new Trouble(`Không đọc được ${file} (${code})`, `${file} can't be read (${code})`);
  }
}

export const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

const beginsWith = (bytes: Buffer, mark: string): boolean => bytes.subarray(0, mark.length).toString('latin1') === mark;
const isPage = (text: string): boolean => /^\s*<!doctype html/i.test(text);

/** One file by itself. */
export async function checkFile(file: string, beside: Beside): Promise<Checked> {
  const bytes = await bytesOf(file);
  if (beginsWith(bytes, 'PK'))
    throw new Trouble(`${file} là bảng tính (hay tệp nén): để đọc, không kiểm được; hãy kiểm tệp JSON hay trang HTML`, `${file} is a workbook (or an archive): for reading, it can't be verified; verify the JSON file or the page`); // prettier-ignore
  if (beginsWith(bytes, '%PDF'))
    throw new Trouble(`${file} là PDF: kiểm tệp JSON, thêm --pdf ${file}`, `${file} is a PDF: verify the JSON file with --pdf ${file}`); // prettier-ignore
  const text = utf8Of(bytes);
  if (text === undefined) throw new Trouble(`${file} không phải UTF-8: hỏng, hay không phải biên bản`, `${file} is not UTF-8: damaged, or no statement`); // prettier-ignore
  return isPage(text) ? checkPage(text, beside) : checkBundle(text, beside);
}

/** The signed bytes of a bundle, or a file that is those bytes: base64. */
export async function signedIn(file: string): Promise<string> {
  const bytes = await bytesOf(file);
  const { signed } = (jsonOf(utf8Of(bytes) ?? '').value ?? {}) as { signed?: unknown };
  return typeof signed === 'string' ? signed : bytes.toString('base64');
}

export async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await bytesOf(file))
    .digest('hex');
}

/** Every statement of a folder by itself and as a chain; PDFs are those that the statements here say were handed in. */
export async function checkFolder(folder: string, beside: Beside): Promise<CheckedFile[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  const those = (pattern: RegExp): string[] => names.filter((name) => pattern.test(name));
  const statements = those(/\.(json|html?)$/i);
  if (statements.length === 0) throw new Trouble(`${folder} không có biên bản nào (.json, .html)`, `${folder} has no statement (.json, .html)`); // prettier-ignore
  const files: CheckedFile[] = [];
  for (const file of statements) files.push({ file, ...(await checkedOrUnreadable(join(folder, file), beside)) });
  const chained = checkChain(files);
  const handedIn = new Set(chained.flatMap(({ pdfs = [] }) => pdfs));
  for (const file of those(/\.pdf$/i))
    if (!handedIn.has(await hashOf(join(folder, file))))
      chained.push({ file, ...failed(finding('pdf', 'không biên bản nào ở đây ghi đã nhận tệp này', 'no statement here says that it was handed in')) }); // prettier-ignore
  return chained;
}

const failed = (...findings: Checked['findings']): Checked => ({ findings, notes: [], vouched: false });

/** One that can't be read doesn't keep the others from being checked. */
async function checkedOrUnreadable(file: string, beside: Beside): Promise<Checked> {
  try {
    return await checkFile(file, beside);
  } catch (error) {
    if (error instanceof Trouble) return failed(finding('file', error.vi, error.en));
    throw error;
  }
}
