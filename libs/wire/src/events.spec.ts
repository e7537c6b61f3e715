import { describe, expect, it } from '@jest/globals';
import {
  caseSubject,
  codeOfSubject,
  eventTypes,
  factTypes,
  isReportedType,
  kindOf,
  reportedTypes,
  shortType,
  subjectOf,
} from './events.js';
import { flow, hopsConsumedBy, topicFor, type App, type Hop } from './flow.js';
import { payloadSchemas } from './payloads/case.schema.js';

describe('event types', () => {
  it('have CloudEvents names with a version, a short name of their own, and a schema each', () => {
    for (const type of eventTypes) expect(type).toMatch(/^vn\.lienthong\.[a-z]+\.[a-z-]+\.v[1-9]\d*$/);
    expect(new Set(eventTypes.map(shortType)).size).toBe(eventTypes.length);
    expect(Object.keys(payloadSchemas).sort()).toEqual([...eventTypes].sort());
    expect(shortType('vn.lienthong.case.status-changed.v1')).toBe('case.status-changed');
  });

  it('that may be reported are recognised exactly; what the hub itself finds isn’t among them', () => {
    expect(reportedTypes.every(isReportedType)).toBe(true);
    for (const other of [
      '',
      'vn.lienthong.case.merged.v1',
      'vn.lienthong.case.correction-asked.v1',
      'case.received',
      'vn.lienthong.case.received.v2',
      'constructor',
      'VN.lienthong.case.received.v1',
      ...factTypes,
    ])
      expect(isReportedType(other)).toBe(false);
  });

  it('name their case in the subject, and nothing else is taken for one', () => {
    expect(codeOfSubject(caseSubject('H56.14-241112-0009'))).toBe('H56.14-241112-0009');
    for (const subject of ['', 'case/', 'cases/x', 'x/case/y', 'petition/1'])
      expect(codeOfSubject(subject)).toBeUndefined();
  });

  it('of other kinds name their stream in full', () => {
    expect(factTypes.map(kindOf)).toEqual(
      ['payment', 'payment', 'petition', 'petition', 'procedure', 'account', 'unit', 'figure'], // prettier-ignore
    );
    expect(subjectOf('H56.14-241112-0009')).toBe('case/H56.14-241112-0009');
    expect(subjectOf('figure/cases-received/2021')).toBe('figure/cases-received/2021');
  });
});

describe('the catalogue of hops', () => {
  const hops: Hop[] = Object.values(flow);

  it('names each topic and queue once, with a producer and a consumer', () => {
    expect(new Set(hops.map((hop) => hop.name)).size).toBe(hops.length);
    expect(hops.every((hop) => hop.producers.length > 0 && hop.consumers.length > 0)).toBe(true);
  });

  it('gives every hop to the app that consumes it', () => {
    const apps: App[] = ['intake', 'delivery', 'reconciliation', 'console', 'sandbox', 'agency'];
    const given = apps.flatMap((app) => hopsConsumedBy(app).map((name) => `${app} ${name}`));
    const wanted = Object.entries<Hop>(flow).flatMap(([name, hop]) => hop.consumers.map((app) => `${app} ${name}`));
    expect(given.sort()).toEqual(wanted.sort());
  });

  it('puts an agency’s id into its topics', () => {
    expect(topicFor(flow.agencyInbox, 'bo-tu-phap')).toBe('agency.bo-tu-phap.inbox');
    expect(topicFor(flow.hubEvents, 'bo-tu-phap')).toBe('hub.events');
  });
});
