/** A contract that maps: each event is a judicial record's application in full, as the second LLTP interface takes it. */
import { readFileSync } from 'node:fs';
import { SECRET } from './hub.mjs';
import { codeOf, entryItem, markOf, PROCEDURE } from './workload.mjs';

const application = JSON.parse(readFileSync(new URL('../case.json', import.meta.url), 'utf8'));

export const mappedContract = (_, baseUrl) => ({
  protocol: 'lltp-gen2',
  endpoint: { baseUrl, login: { kind: 'body-key', field: 'authKey', secret: SECRET } },
  receives: [{ procedures: [PROCEDURE], events: ['case.received', 'case.supplemented'] }],
  settings: { sendPath: '/gui-ho-so', pollPath: '/ket-qua', portalSource: 'Cổng', counterSource: 'Một cửa' },
});

/** Received, then supplemented three times: this interface takes nothing else. The mark stands where the mapping keeps a text. */
export function mappedItem(prefix, event) {
  const { declaration } = application;
  return {
    ...entryItem(prefix, event),
    type: `vn.lienthong.case.${event.seq === 1 ? 'received' : 'supplemented'}.v1`,
    data: {
      ...application,
      code: codeOf(prefix, event.c),
      declaration: { ...declaration, otherPurpose: markOf(prefix, event) },
    },
  };
}
