import { shapeRef, type Content, type Parameter, type ProblemCode } from '#wire';

export const json = (schema: object, example?: unknown): Content => ({
  'application/json': example === undefined ? { schema } : { schema, example },
});
export const jsonOf = (shape: string, example?: unknown): Content => json(shapeRef(shape), example);
/** `{ "<name>": [ … ] }` */
export const listed = (name: string, shape: string): Content =>
  json({ type: 'object', required: [name], properties: { [name]: { type: 'array', items: shapeRef(shape) } } });

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
export const binary = { schema: { type: 'string', format: 'binary' } };
/** As JSON unless `as` says otherwise. */
export const inForms = (schema: object): Content => ({
  ...json(schema),
  'text/csv': { schema: { type: 'string', description: '`;`, UTF-8 với BOM · with a BOM' } },
  [XLSX]: binary,
});

export const operator = ['operator'];
export const agency = ['agency'];
export const either = ['agency', 'operator'];
export const anybody: readonly string[] = [];

export const agencyId = { id: { schema: { type: 'string' }, says: 'mã cơ quan · the agency’s id' } };
const day = { type: 'string', format: 'date' };
export const dayIn = (says: string): Parameter => ({ schema: day, says });
export const needed = (parameter: Parameter): Parameter => ({ ...parameter, required: true });
export const word = (says: string, values?: readonly string[]): Parameter => ({
  schema: values ? { type: 'string', enum: values } : { type: 'string' },
  says,
});
export const wholeIn = (says: string, minimum: number, maximum: number): Parameter => ({
  schema: { type: 'integer', minimum, maximum },
  says,
});

export const ofJsonBody: readonly ProblemCode[] = [
  'malformed-json',
  'invalid-envelope',
  'too-large',
  'unsupported-media-type',
];
