import { durationMs, memberOf, type PartnerAnswer } from '#domain';
import { shortType, type ContractVersion, type FileReference, type Json } from '#wire';

import type { Connector, OutgoingEvent, Prepared, PreparedItem, SendContext, Steps, Unmade } from '../connector.js';
import { answersFor, caseNames } from '../http/answers-for.js';
import { boundsOf, PartnerHttp } from '../http/partner-http.js';
import { KnownHttp } from '../http-declared/known-http.js';
import { DeclaredLogin } from '../http-declared/login.js';
import { endpointOf, refuseOtherSettings, setting } from '../settings.js';
import { call, Calls } from './calls.js';
import type { UnmappedCode } from '../mapping/code-tables.js';
import { MinistryCatalogue } from './catalogue.js';
import { issuedCase, issuedCode, membersOf, papersIn, textOf, withIds, type IssuedCase, type Paper } from './issued.js';
import { mapCreate } from './map-create.js';
import { mapProgress } from './map-progress.js';
import { multipart, uploadedIn, type Uploaded } from './upload.js';

/** Under these an answer names its case. */
const names = caseNames('maHoSo');
const paths = ['nextValuePath', 'uploadPath', 'createPath', 'progressPath', 'statusPath'] as const;

type Brought<T> = { kind: 'brought'; value: T } | PartnerAnswer | Unmade;
interface Attempt {
  calls: Calls;
  steps: Steps;
  event: OutgoingEvent;
  context: SendContext;
}

/**
 * A ministry's central case system (2026): it issues the code, takes each file by itself, then the case that names them.
 * What one call brought is kept before the next leaves; a repeat goes on from there, with the same code and the same files.
 */
export class MinistryCentralConnector implements Connector {
  readonly inSteps = true;
  private readonly http: PartnerHttp;
  private readonly login: DeclaredLogin;
  private readonly catalogue: MinistryCatalogue;
  private readonly paths: Record<(typeof paths)[number], string>;
  private readonly codesByProcedure: boolean;
  private readonly checksHash: boolean;

  constructor(contract: ContractVersion, onUnmapped?: (found: UnmappedCode) => void) {
    const { baseUrl, login } = endpointOf(contract, 'token');
    refuseOtherSettings(contract, [...paths, 'unit', 'nextValueBy', 'fileHash', 'service.']);
    if (contract.onDuplicate === 'update')
      throw new Error('agency file: protocol ministry-central has no create that updates: onDuplicate is refuse');
    this.paths = Object.fromEntries(paths.map((name) => [name, setting(contract, name)])) as typeof this.paths;
    this.codesByProcedure = choice(contract, 'nextValueBy', ['unit', 'procedure']) === 'procedure';
    this.checksHash = choice(contract, 'fileHash', ['unchecked', 'sha-256']) === 'sha-256';
    this.catalogue = new MinistryCatalogue(contract, onUnmapped);
    this.http = new PartnerHttp(baseUrl, boundsOf(contract));
    this.login = new DeclaredLogin(login, new KnownHttp(this.http, { baseUrl, login }), durationMs);
  }

  prepare(event: OutgoingEvent): Promise<Prepared> {
    return Promise.resolve(this.map(event));
  }

  async send({ operation, item }: PreparedItem, event: OutgoingEvent, context: SendContext) {
    const { steps } = context;
    if (!steps) throw new Error('protocol ministry-central needs steps that are kept');
    const attempt = { calls: new Calls(this.http, this.login, context), steps, event, context };
    return operation === call.create ? this.create(item, attempt) : this.progress(item, attempt);
  }

  close(withinMs?: number): Promise<void> {
    return this.http.close(withinMs);
  }

  private map(event: OutgoingEvent): Prepared {
    switch (shortType(event.type)) {
      case 'case.received':
        return mapCreate(event, this.catalogue);
      case 'case.status-changed':
      case 'case.withdrawn':
      case 'case.result-issued':
      case 'case.result-revoked':
        return mapProgress(event, this.catalogue);
      default:
        return { kind: 'unmappable', reason: `this interface doesn't take ${shortType(event.type)}` };
    }
  }

  private async create(item: Json, attempt: Attempt): Promise<PartnerAnswer | Unmade> {
    const { calls, steps } = attempt;
    const code = await this.code(attempt);
    if (code.kind !== 'brought') return code;
    const uploaded = await this.uploads(item, attempt);
    if (uploaded.kind !== 'brought') return uploaded;
    const body = { MaHoSo: code.value, ...membersOf(withIds(item, uploaded.value)) };
    const said = await calls.json(call.create, this.paths.createPath, body);
    const answer = answersFor(names, said, () => [code.value]);
    // A fenced step is no loss: the case's code is kept, and the outcome will be fenced, too.
    const idHoSo = answer.kind === 'answered' ? textOf(memberOf(answer.json, 'data.idHoSo')) : undefined;
    if (idHoSo !== undefined && ['accepted', 'already-held'].includes(calls.meaningOf(answer)))
      await steps.keep(call.create, { idHoSo, caseCode: code.value });
    return answer;
  }

  /** The code that the ministry issued for this case. Where the answer that named one was lost, another is taken: harmless. */
  private async code({ calls, steps, event }: Attempt): Promise<Brought<string>> {
    const issued = issuedCode(steps);
    if (issued !== undefined) return { kind: 'brought', value: issued };
    const code = this.codesByProcedure ? event.application.procedure.code : this.catalogue.unit;
    const answer = await calls.json(call.nextValue, this.paths.nextValuePath, { code });
    const value = calls.isAccepted(answer) ? textOf(memberOf(answer.json, 'value')) : undefined;
    if (value === undefined) return calls.stoppedBy(call.nextValue, answer);
    return (await steps.keep(call.nextValue, { value })) ? { kind: 'brought', value } : fenced;
  }

  /** Every file that the item names, each once; by its content's hash. */
  private async uploads(item: Json, attempt: Attempt): Promise<Brought<ReadonlyMap<string, Uploaded>>> {
    const uploaded = new Map<string, Uploaded>();
    for (const paper of papersIn(item)) {
      if (uploaded.has(paper.HashTepTin)) continue;
      const one = await this.upload(paper, attempt);
      if (one.kind !== 'brought') return one;
      uploaded.set(paper.HashTepTin, one.value);
    }
    return { kind: 'brought', value: uploaded };
  }

  /** By this delivery and revision only: a correction uploads anew, since what was refused may have been the file. */
  private async upload(paper: Paper, { calls, steps, event, context }: Attempt): Promise<Brought<Uploaded>> {
    const step = `${call.upload}/${paper.HashTepTin}`;
    const kept = steps.get(step);
    if (kept !== undefined) return { kind: 'brought', value: kept as unknown as Uploaded };
    const bytes = await heldBytes(context, paper.HashTepTin);
    if (!Buffer.isBuffer(bytes)) return bytes;
    const { type, body } = multipart({ name: paper.TenGiayTo, mediaType: mediaTypeOf(paper, event), bytes });
    const answer = await calls.send(call.upload, this.paths.uploadPath, body, type);
    const given = calls.isAccepted(answer) ? uploadedIn(answer) : undefined;
    if (!given) return calls.stoppedBy(call.upload, answer);
    if (this.checksHash && given.HashTepTin.toLowerCase() !== paper.HashTepTin)
      return { kind: 'unsent', reason: 'upload: the hash answered is not that of what was sent' };
    return (await steps.keep(step, { ...given })) ? { kind: 'brought', value: given } : fenced;
  }

  /** Two calls: the first is kept once it is taken, so a lost answer of the second doesn't repeat it. */
  private async progress(item: Json, attempt: Attempt): Promise<PartnerAnswer | Unmade> {
    const { calls, steps } = attempt;
    const known = issuedCase(steps);
    if (!known)
      return { kind: 'unmade', reason: 'the ministry has issued no code for this case: it was never sent one' };
    const uploaded = await this.uploads(item, attempt);
    if (uploaded.kind !== 'brought') return uploaded;
    const rows = membersOf(withIds(item, uploaded.value));
    if (steps.get(call.progress) === undefined) {
      const row = { IDHoSo: known.idHoSo, MaHoSo: known.maHoSo, ...membersOf(rows?.[call.progress]) };
      const answer = await this.row(call.progress, this.paths.progressPath, row, known, calls);
      if (!calls.isAccepted(answer)) return answer;
      if (!(await steps.keep(call.progress, {}))) return fenced;
    }
    const row = { IdHoSo: known.idHoSo, MaHoSo: known.maHoSo, ...membersOf(rows?.[call.status]) };
    return this.row(call.status, this.paths.statusPath, row, known, calls);
  }

  private async row(
    name: typeof call.progress | typeof call.status,
    path: string,
    row: object,
    { maHoSo }: IssuedCase,
    calls: Calls,
  ): Promise<PartnerAnswer> {
    return answersFor(names, await calls.json(name, path, [row]), () => [maHoSo]);
  }
}

/** Another worker has this claim by now: nothing more leaves, and whatever this ends as isn't written. */
const fenced: PartnerAnswer = { kind: 'unsent', reason: 'the claim is no longer this worker’s' };

/** The item hasn't left: a file that can't be read now is no doubt, and one that isn't there is no matter of time. */
async function heldBytes({ file }: SendContext, sha256: string): Promise<Buffer | Unmade | PartnerAnswer> {
  if (!file) throw new Error('protocol ministry-central needs the hub’s files');
  try {
    return await file(sha256);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'FILE_NOT_HELD')
      return { kind: 'unmade', reason: `the hub doesn't hold the file ${sha256}` };
    return { kind: 'unsent', reason: 'could not be sent: a file can’t be read' };
  }
}

function mediaTypeOf({ HashTepTin }: Paper, { application, data }: OutgoingEvent): string {
  const { documents = [] } = data as { documents?: FileReference[] };
  const all = [...documents, ...(application.documents ?? [])];
  return all.find(({ sha256 }) => sha256 === HashTepTin)?.mediaType ?? 'application/octet-stream';
}

function choice(contract: ContractVersion, name: string, among: readonly string[]): string {
  const value = setting(contract, name);
  if (!among.includes(value)) throw new Error(`agency file: settings.${name} is one of ${among.join(', ')}`);
  return value;
}
