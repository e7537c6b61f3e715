import { createHash } from 'node:crypto';
import { parseCaseCode, textFaults } from '#domain';
import type { Compared, EntryItem } from '#ledger';
import {
  isReportedType,
  isSecondType,
  validatePayload,
  type CaseApplication,
  type CaseStatus,
  type EventPayloads,
  type EventType,
  type Fault,
  type Json,
  type ReportedType,
} from '#wire';
import { refusal, type Refusal } from '../admit/refusal.js';
import { asItCame } from './as-it-came.js';

/** What came in by some door, read but not yet checked. */
export interface Report {
  sender: string;
  key: string | null;
  type: string;
  /** The code under which the door addresses the case. */
  code: string;
  data: unknown;
  /** Comparable state, where the door has one; `compared`: what the door itself compared it with. */
  state?: string;
  compared?: Compared;
  /** What the door read, where it brings texts to NFC. */
  came?: unknown;
  /** The only status from which it may be reported, whatever else could follow. */
  onlyFrom?: CaseStatus;
  /** How faults name where the data and the code stood. */
  at: { data: '' | '/data'; code: string };
}

/** What the sender's and everybody's contracts say. */
export interface Contracts {
  /** By the version in force on the day, or by any up to today where the case's own day isn't known yet. */
  maySend(agency: string, type: EventType, day: string | undefined): boolean;
  declares(procedure: string, day: string): boolean;
  /** Whether this agency is also asked: then what it reports is compared with what was collected. */
  isAsked(agency: string): boolean;
}

export type Checked = { kind: 'item'; item: EntryItem } | { kind: 'refused'; refusal: Refusal };

const no = (refused: Refusal): Checked => ({ kind: 'refused', refusal: refused });

/** Any day on which a code's form may have been in force: whether the case exists is the ledger's to say. */
export const ANY_DAY = '2199-12-31';

/** Checks one report by itself, in this order, and says all that is wrong with the first thing that is. */
export function toEntryItem(report: Report, contracts: Contracts): Checked {
  const { sender, key, type, code, data, at } = report;
  const badText = textFaults(data);
  if (badText.length > 0) {
    const isForm = badText.every(({ rule }) => rule === 'nfc');
    return no({ code: isForm ? 'text-not-nfc' : 'invalid-payload', faults: placed(badText, at.data) });
  }
  // What consumers read as v2 is reported as v1: the ledger knows one version.
  if (!isReportedType(type))
    return no(refusal('unknown-event-type', '/type', isSecondType(type) ? 'version:v1' : 'known'));
  const faults = validatePayload(type, data);
  if (faults.length > 0) return no({ code: 'invalid-payload', faults: placed(faults, at.data) });
  const application = carriesApplication(type) ? (data as CaseApplication) : undefined;
  const opening = type === 'vn.lienthong.case.received.v1' ? application : undefined;
  const openedOn = opening && dayOf(opening.receivedAt);
  const form = parseCaseCode(code, openedOn ?? ANY_DAY);
  if (form.kind === 'invalid') return no(refusal('invalid-case-code', at.code, form.rule));
  if (application && application.code !== code)
    return no(refusal('invalid-payload', `${at.data}/code`, `same-as:${at.code}`));
  if (!contracts.maySend(sender, type, openedOn))
    return no(refusal('not-your-event', at.data === '' ? '/' : '/type', 'contract:sends'));
  const procedure = opening && procedureCode(opening.procedure.code);
  if (procedure && !contracts.declares(procedure, openedOn!))
    return no(refusal('undeclared-procedure', `${at.data}/procedure/code`, 'declared'));
  const status = statusOf(type, data);
  const state = report.state ?? (!application && contracts.isAsked(sender) ? stateOf(type, data) : undefined);
  return {
    kind: 'item',
    item: {
      sender,
      key,
      type,
      caseCode: code,
      data: data as Json,
      ...(opening
        ? {
            opens: {
              procedure: procedure!,
              openedOn: openedOn!,
              dueAt: opening.dueAt ?? null,
              unit: opening.unit.code,
            },
          }
        : {}),
      ...(status === undefined ? {} : { status }),
      ...(state === undefined ? {} : { state }),
      ...(report.compared === undefined ? {} : { compared: report.compared }),
      ...cameOf(report),
      ...(report.onlyFrom === undefined ? {} : { onlyFrom: report.onlyFrom }),
    },
  };
}

function cameOf({ came }: Report): Pick<EntryItem, 'came'> {
  const text = asItCame(came);
  return text === undefined ? {} : { came: text };
}

const placed = (faults: readonly Fault[], prefix: string): Fault[] =>
  faults.map((fault) => ({ ...fault, path: `${prefix}${fault.path}` }));

const carriesApplication = (type: EventType): boolean =>
  type === 'vn.lienthong.case.received.v1' || type === 'vn.lienthong.case.supplemented.v1';

/** The day in Asia/Ho_Chi_Minh, which has kept UTC+7 since 1975. */
export function dayOf(instant: string): string {
  return new Date(Date.parse(instant) + 7 * 3_600_000).toISOString().slice(0, 10);
}

/** 2.000488 for 2.000488.000.00.00.H56: the long form names the province that publishes it. */
const procedureCode = (code: string): string =>
  /^(\d\.\d{6})(?:\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})?$/.exec(code)?.[1] ?? code;

/** Where an event takes its case. What was supplemented is worked on again unless the counter says otherwise. */
export function statusOf(type: ReportedType, data: unknown): CaseStatus | undefined {
  switch (type) {
    case 'vn.lienthong.case.received.v1':
      return (data as CaseApplication).status ?? 2;
    case 'vn.lienthong.case.supplemented.v1':
      return (data as CaseApplication).status ?? 4;
    case 'vn.lienthong.case.status-changed.v1':
      return (data as EventPayloads[typeof type]).status;
    case 'vn.lienthong.case.result-issued.v1':
      return 9;
    case 'vn.lienthong.case.withdrawn.v1':
      return 7;
    case 'vn.lienthong.case.result-revoked.v1':
      return undefined;
  }
}

/** The comparable state of a report, in the words of the connectors' Reported.state: told twice, by inbox and poll, it is one event. */
export function stateOf(type: ReportedType, data: unknown): string {
  switch (type) {
    case 'vn.lienthong.case.status-changed.v1': {
      const { status, reason } = data as EventPayloads[typeof type];
      return (status === 3 || status === 5) && reason ? `${status} ${sha256(reason)}` : String(status);
    }
    case 'vn.lienthong.case.result-issued.v1': {
      const { judicialRecord, documents } = data as EventPayloads[typeof type];
      return ['9 result', judicialRecord?.number ?? '-', ...documents.map((file) => file.sha256)].join(' ');
    }
    case 'vn.lienthong.case.result-revoked.v1': {
      const { decision, document } = data as EventPayloads[typeof type];
      return ['revoked', decision.number, decision.date, document?.sha256 ?? '-'].join(' ');
    }
    case 'vn.lienthong.case.withdrawn.v1':
      return '7';
    case 'vn.lienthong.case.received.v1':
    case 'vn.lienthong.case.supplemented.v1':
      throw new TypeError(`${type} has no comparable state`);
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
