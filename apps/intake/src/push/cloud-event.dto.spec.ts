import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { validateEvent } from '#wire';
import { readEnvelope } from './cloud-event.dto.js';

const event = { specversion: '1.0', id: '1', source: 'urn:a', type: 't', subject: 'case/H53-1', data: { status: 4 } };

describe('an envelope', () => {
  it('makes one key of source and id, keeps the data as they are and passes over extension attributes', () => {
    const read = readEnvelope({
      ...event,
      traceparent: '00-…',
      datacontenttype: 'application/json; charset=utf-8',
      time: '2021-06-01T08:00:00.123+07:00',
    });
    expect(read).toEqual({
      kind: 'envelope',
      envelope: { key: 'event:urn:a 1', type: 't', code: 'H53-1', data: { status: 4 } },
    });
    if (read.kind === 'envelope') expect(read.envelope.data).not.toBe(undefined);
  });

  it.each<[object | null, { path: string; rule: string }[]]>([
    [{ ...event, specversion: '0.3' }, [{ path: '/specversion', rule: 'equals' }]],
    [{ ...event, id: undefined }, [{ path: '/id', rule: 'required' }]],
    [{ ...event, id: 'a b' }, [{ path: '/id', rule: 'matches' }]],
    [{ ...event, id: 7 }, [{ path: '/id', rule: 'isString' }]],
    [{ ...event, source: 'x'.repeat(256) }, [{ path: '/source', rule: 'maxLength' }]],
    [{ ...event, subject: 'H53-1' }, [{ path: '/subject', rule: 'matches' }]],
    [{ ...event, time: 'yesterday' }, [{ path: '/time', rule: 'isRFC3339' }]],
    [{ ...event, datacontenttype: 'text/xml' }, [{ path: '/datacontenttype', rule: 'matches' }]],
    [{ ...event, data: undefined }, [{ path: '/data', rule: 'required' }]],
    [[], [{ path: '/', rule: 'type:object' }]],
    [null, [{ path: '/', rule: 'type:object' }]],
  ])('%j is refused', (value, faults) => {
    expect(readEnvelope(value)).toEqual({ kind: 'faults', faults });
  });

  it.each([
    {},
    { specversion: '0.3' },
    { id: undefined },
    { id: 'a b' },
    { id: 7 },
    { source: 'x'.repeat(256) },
    { subject: 'H53-1' },
    { time: 'yesterday' },
    { time: '2021-06-01T08:00:00.123+07:00' },
    { datacontenttype: 'text/xml' },
    { datacontenttype: 'application/cloudevents+json; charset=utf-8' },
    { data: undefined },
  ])('with %j is right or wrong at the same place for `lienthong validate`', (more) => {
    const type = 'vn.lienthong.case.status-changed.v1';
    const sent = { ...event, type, data: { status: 4, at: '2021-06-01T08:00:00Z' }, ...more };
    const read = readEnvelope(sent);
    const places = read.kind === 'faults' ? read.faults.map(({ path }) => path) : [];
    expect(validateEvent(sent).map(({ path }) => path)).toEqual(places);
  });
});
