import { createHash } from 'node:crypto';

import type { FastifyInstance } from 'fastify';

import type { ProcedureRow } from './procedure-row.js';
import { publicProcedures } from './public-procedures.js';

/** What both services of the national database tell; a tester changes it. A restart forgets the changes. */
export class Procedures {
  private rows = new Map(publicProcedures().map((row) => [row.code, row]));

  all(): ProcedureRow[] {
    return [...this.rows.values()];
  }

  get(code: string): ProcedureRow | undefined {
    return this.rows.get(code);
  }

  /** Its handles on the control port. */
  control(app: FastifyInstance): void {
    const codeOf = (params: unknown): string => (params as { code: string }).code;
    app.get('/procedures', () => ({ procedures: this.all() }));
    app.put('/procedures', (request, reply) => {
      const { procedures } = request.body as { procedures?: ProcedureRow[] };
      if (!Array.isArray(procedures)) return reply.code(400).send({ detail: 'procedures is a list' });
      this.rows = new Map(procedures.map((row) => [row.code, { ...blank, ...row }]));
      return { procedures: this.rows.size };
    });
    app.put('/procedures/:code', (request) => {
      const code = codeOf(request.params);
      const row = { ...blank, ...this.rows.get(code), ...(request.body as Partial<ProcedureRow>), code };
      this.rows.set(code, row);
      return row;
    });
    app.delete('/procedures/:code', (request) => ({ was: this.rows.delete(codeOf(request.params)) }));
  }
}

const blank: Omit<ProcedureRow, 'code'> = { name: 'Thủ tục mẫu', field: '', levels: [], days: 10 };

/** The same after a restart. */
export function idOf(code: string): string {
  const hex = createHash('sha256').update(code).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `7${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
