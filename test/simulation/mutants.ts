import { chooseNext, type Lane } from '#domain';
import { deliveriesOf } from './memory-state.js';
import { asBuilt, type Rules } from './rules.js';

/** Rules that look harmless when they are taken out; each by its name. A world must break under every one of them. */
export const mutants: Record<string, () => Rules> = {
  'advance before commit': () => ({ ...asBuilt, advancesBeforeCommit: true }),
  'no claim fence': () => ({ ...asBuilt, isFenced: () => false }),
  'seq > cursor in the plan': () => {
    let cursor = 0;
    const unplanned: Rules['unplanned'] = (state, stream) => {
      const events = state.events.get(stream) ?? [];
      const planned = deliveriesOf(state, stream);
      const found = events.flatMap(({ ordinal }, i) =>
        ordinal > cursor && !planned.some((d) => d.sequence === i + 1) ? [i + 1] : [],
      );
      cursor = Math.max(cursor, ...found.map((sequence) => events[sequence - 1]!.ordinal));
      return found;
    };
    return { ...asBuilt, unplanned };
  },
  'supersede across a barrier': () => ({
    ...asBuilt,
    chooseNext: (lane, canAsk) => chooseNext(withoutBarriers(lane), canAsk),
  }),
  'resend without asking': () => ({ ...asBuilt, chooseNext: (lane) => chooseNext(lane, false) }),
  'reap without doubt': () => ({ ...asBuilt, doubtAfterReap: () => null }),
  'close a superseder over open events': () => ({ ...asBuilt, doneAfterClosing: (_lane, closed) => closed }),
  'believe “not held” after a reap': () => ({
    ...asBuilt,
    chooseNext: (lane, canAsk) =>
      chooseNext({ ...lane, deliveries: lane.deliveries.map((d) => ({ ...d, taint: 'none' })) }, canAsk),
  }),
  'send while a copy may be out': () => ({
    ...asBuilt,
    chooseNext: (lane, canAsk) => chooseNext({ ...lane, copyMayBeOut: false }, canAsk),
  }),
  'a refusal settles doubt': () => ({
    ...asBuilt,
    nextStep: (attempt, reply, ...rest) =>
      asBuilt.nextStep(reply.kind === 'refused' ? { ...attempt, inDoubt: false } : attempt, reply, ...rest),
  }),
};

const withoutBarriers = (lane: Lane): Lane => ({
  ...lane,
  deliveries: lane.deliveries.map((d) => (d.form === 'barrier' || d.form === 'result' ? { ...d, form: 'full' } : d)),
});
