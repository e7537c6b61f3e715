/**
 * Ends a list that comes as parameters: `select * from unnest(…) as t(…) ${FEW}`. It limits nothing (null is no limit); it
 * tells the planner that the list is short, so that every row is looked up by key. A statement is planned once for all of its
 * connection's life, often while the tables are nearly empty: reading a whole table looks cheapest then, and stays so.
 */
export const FEW = 'limit (select null::bigint)';
