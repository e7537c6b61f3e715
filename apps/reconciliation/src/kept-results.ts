import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reconciliation } from '#ledger';
import { resultTable } from './result-table.js';

/** Results as files, one JSON and one table a count, named by its time. A file is there whole or not at all. */
export class KeptResults {
  constructor(private readonly folder: string) {}

  async keep(result: Reconciliation): Promise<{ id: string; table: string }> {
    const id = result.at.replace(/[-:]/g, '');
    const table = resultTable(result);
    await mkdir(this.folder, { recursive: true });
    await this.write(`${id}.txt`, table);
    await this.write(`${id}.json`, `${JSON.stringify(result, null, 2)}\n`);
    return { id, table };
  }

  /** undefined: no count has this name. */
  async read(id: string, form: 'json' | 'txt'): Promise<string | undefined> {
    if (!/^\d{8}T\d{6}\.\d{3}Z$/.test(id)) return undefined;
    try {
      return await readFile(join(this.folder, `${id}.${form}`), 'utf8');
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  private async write(name: string, text: string): Promise<void> {
    const file = join(this.folder, name);
    await writeFile(`${file}.part`, text);
    await rename(`${file}.part`, file);
  }
}
