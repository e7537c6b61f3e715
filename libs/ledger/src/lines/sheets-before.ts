import type { PoolClient } from 'pg';

/** What a file that was read says of itself. */
export interface FileRead {
  /** SHA-256, hex. */
  sha256: string;
  /** RFC 3339: when the workbook was last changed, by its own word. */
  asOf: string | null;
  /** The last day of receipt that it shows, up to the day whose books it is. */
  newestLine: string | null;
}

/** An earlier file of the agency that came the same way and was compared to its end. */
export interface EarlierFile {
  id: string;
  day: string;
  asOf: string | null;
  newestLine: string | null;
}

export interface FilesBefore {
  last: EarlierFile | null;
  /** The newest with the same bytes, of a person's that isn't said to be right. */
  same: EarlierFile | null;
}

/** Notes what was read of a comparison's file, and tells which were read before it. */
export async function noteFile(client: PoolClient, id: string, file: FileRead): Promise<FilesBefore> {
  await client.query(
    `update comparisons set file_hash = decode($2, 'hex'), file_as_of = $3, newest_line = $4 where id = $1`,
    [id, file.sha256, file.asOf, file.newestLine],
  );
  const { rows } = await client.query<EarlierFile & { isSame: boolean; isLast: boolean }>(
    `with this as (select * from comparisons where id = $1),
      before as (select c.*, c.file_hash = this.file_hash and this.source = 'spreadsheet' and not this.sure as same
        from comparisons c join this on c.agency_id = this.agency_id and c.source = this.source and c.id < this.id
        where c.state = 'done' and c.file_hash is not null),
      told as ((select *, true as "isLast" from before order by id desc limit 1) union all (select *, false from before where same order by id desc limit 1))
     select id, day::text, to_char(file_as_of at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "asOf", newest_line::text as "newestLine", same as "isSame", "isLast" from told`,
    [id],
  );
  const told = (found: (typeof rows)[number] | undefined): EarlierFile | null =>
    found ? { id: found.id, day: found.day, asOf: found.asOf, newestLine: found.newestLine } : null;
  return { last: told(rows.find(({ isLast }) => isLast)), same: told(rows.find(({ isLast }) => !isLast)) };
}
