import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { classifyReply } from '#domain';
import { validateAgencyFile, type AgencyFile } from '#wire';
import { parse } from 'yaml';
import { lltpAnswers, portalAnswers } from '../../libs/domain/src/lane/partner-answers.fixture.js';

const root = join(import.meta.dirname, '../../deploy/provinces');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /agencies(-more)?\/[^/]+\.yaml$/.test(path))
  .sort()
  .map((path) => ({ path, file: parse(readFileSync(join(root, path), 'utf8')) as AgencyFile }));

it('finds agency files', () => {
  expect(files.length).toBeGreaterThan(0);
});

describe.each(files)('$path', ({ path, file }) => {
  it('is valid and named after its agency', () => {
    expect(validateAgencyFile(file)).toEqual([]);
    expect(path.endsWith(`/${file.id}.yaml`)).toBe(true);
  });

  const answers = { 'lltp-gen2': lltpAnswers, 'national-portal': portalAnswers };
  for (const { validFrom, protocol, replies } of file.versions) {
    if (protocol !== 'lltp-gen2' && protocol !== 'national-portal') continue;
    it.each(answers[protocol])(`of ${validFrom} takes $name for $means`, ({ answer, operation, means }) => {
      expect(classifyReply(answer, operation, replies).kind).toBe(means);
    });
  }
});
