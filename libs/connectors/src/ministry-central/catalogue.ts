import type { ContractVersion, FileReference } from '#wire';

import type { OutgoingEvent } from '../connector.js';
import { toLocal } from '../field-formats.js';
import type { MappedFields } from '../mapped-fields.js';
import { codeTables, type Translate, type UnmappedCode } from '../mapping/code-tables.js';
import { setting } from '../settings.js';
import type { Paper } from './issued.js';

const tables = ['applicantKind', 'copyKind', 'paperKind'] as const;
type Table = (typeof tables)[number];

/** The ministry's own codes, as the agency file has them. The case's own day decides which table is in force. */
export class MinistryCatalogue {
  readonly unit: string;
  private readonly tables: ReadonlyMap<string, Translate>;

  constructor(
    private readonly contract: ContractVersion,
    onUnmapped?: (found: UnmappedCode) => void,
  ) {
    this.unit = setting(contract, 'unit');
    this.tables = codeTables(contract.codeTables ?? {}, onUnmapped);
    const missing = tables.find((name) => !this.tables.has(name));
    if (missing !== undefined)
      throw new Error(`agency file: protocol ${contract.protocol} needs codeTables.${missing}`);
  }

  /** A code that the table doesn't have isn't guessed: the reason names both. */
  code(table: Table, code: string, { application }: OutgoingEvent, fields: MappedFields): string | number {
    const day = toLocal(application.receivedAt)?.slice(0, 10) ?? '';
    return this.tables.get(table)?.(code, day) ?? fields.fault(`codeTables.${table} has no ${code}`);
  }

  /** MaDichVuCong; '' where the agency file names none for this procedure. */
  serviceOf(procedure: string): string {
    return this.contract.settings?.[`service.${procedure}`] ?? '';
  }

  paper(file: FileReference, kind: 'submitted' | 'result', event: OutgoingEvent, fields: MappedFields): Paper {
    return {
      MaKetQua: String(this.code('paperKind', kind, event, fields)),
      TenGiayTo: file.name,
      HashTepTin: file.sha256,
    };
  }
}
