/**
 * The code of a stream itself. By it go the stream's own events and deliveries, wherever events by that code go since a
 * merge: each stream has exactly one, and an index finds it.
 */
export const isOwnCode = (alias: string, stream: string): string =>
  `coalesce(${alias}.moved_from, ${alias}.stream_id) = ${stream} and ${alias}.namespace = 'case'`;

/** Ids of all that was merged into a stream, and into those: for `with recursive`. */
export const mergedInto = (name: string, stream: string): string => `
  ${name} as (select id from streams where merged_into = ${stream} union all select s.id from ${name} join streams s on s.merged_into = ${name}.id)`;

/** A lane of this agency that isn't through yet: of something merged into a lane's stream. */
export const undrained = (lane: string): string => `
  select x.id from streams x join lanes k on k.stream_id = x.id and k.agency_id = ${lane}.agency_id
  where x.merged_into = ${lane}.stream_id and (k.done < k.last or k.held)`;

/** Codes that a held lane waits for. */
export const heldFor = (lane: string): string =>
  `(select json_agg(b.code order by b.code) from (${undrained(lane)}) u join aliases b on ${isOwnCode('b', 'u.id')})`;
