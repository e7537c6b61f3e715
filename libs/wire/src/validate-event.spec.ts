import { describe, expect, it } from '@jest/globals';
import { validateEvent } from './validate-event.js';

const event = {
  specversion: '1.0',
  id: 'a-1',
  source: '/agencies/a',
  type: 'vn.lienthong.case.status-changed.v1',
  subject: 'case/H53.14-260531-0001',
  data: { status: 4, at: '2026-06-01T08:00:00+07:00' },
};

describe('a CloudEvent', () => {
  it('is valid with what it must have, also with extensions and with what the hub adds', () => {
    expect(validateEvent(event)).toEqual([]);
    const more = { time: '2026-06-01T08:00:00.123Z', datacontenttype: 'application/json; charset=utf-8', sequence: '12', traceparent: '00' }; // prettier-ignore
    expect(validateEvent({ ...event, ...more })).toEqual([]);
  });

  it.each<[string, unknown, string[]]>([
    ['is an object', [], [' type:object']],
    ['has an id', { ...event, id: undefined }, ['/id required']],
    ['is of a known version', { ...event, specversion: '0.3' }, ['/specversion enum:1.0']],
    ['says which case it is about', { ...event, subject: 'H53' }, ['/subject pattern:^case/.']],
    ['has data', { ...event, data: null }, ['/data type:object']],
    ['has data of its type', { ...event, data: { status: 11, at: 'x', secret: 'S' } }, ['/data/secret additionalProperties', '/data/status enum:1|2|3|4|5|6|7|8|9|10', '/data/at format:date-time']],
    ['has times in their order', { ...event, data: { ...event.data, startedAt: '2026-06-02T00:00:00Z', finishedAt: '2026-06-01T00:00:00Z' } }, ['/data/finishedAt notBefore:/startedAt']],
  ])('%s', (_, value, faults) => {
    expect(validateEvent(value).map(({ path, rule }) => `${path} ${rule}`)).toEqual(faults);
  }); // prettier-ignore

  it('is of a type that is published', () => {
    const [fault] = validateEvent({ ...event, type: 'vn.lienthong.case.burnt.v1' });
    expect(fault).toMatchObject({ path: '/type', rule: expect.stringContaining('case.withdrawn.v1') });
  });
});
