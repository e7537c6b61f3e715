import { faultSchema } from './fault-kinds.js';

const count = { type: 'integer', minimum: 1 };
const duration = { type: 'string', pattern: '^\\d+(ms|s|m|h)$' };
const name = { type: 'string', minLength: 1 };

const condition = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    requests: count,
    applied: count,
    status: { type: 'integer', minimum: 1, maximum: 10 },
    at: duration,
    after: name,
  },
};

/** A scenario file, but for what one fault may say at one stand-in. */
export const scenarioSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['apiVersion', 'kind', 'title', 'steps'],
  properties: {
    apiVersion: { const: 'lienthong/v1' },
    kind: { const: 'Scenario' },
    title: { type: 'object', additionalProperties: false, required: ['vi', 'en'], properties: { vi: name, en: name } },
    seed: { type: 'integer' },
    steps: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'at', 'do'],
        properties: {
          name,
          at: name,
          when: condition,
          do: faultSchema,
          for: {
            type: 'object',
            additionalProperties: false,
            minProperties: 1,
            properties: { hits: count, duration, until: condition },
          },
        },
      },
    },
  },
};
