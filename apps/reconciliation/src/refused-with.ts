import { HttpException } from '@nestjs/common';
import { problem, type ProblemCode } from '#wire';

/** A problem that says what it is about; both languages in the title, Vietnamese first, since `detail` has none. */
export function refusedWith(code: ProblemCode, detail: string, more: object = {}): HttpException {
  const [vi, en] = [problem(code, 'vi', { detail }), problem(code, 'en')];
  const title = [vi.title, en.title].map((text) => text.replace(/\.$/, '')).join(' · ');
  return new HttpException({ ...vi, title, ...more }, vi.status);
}
