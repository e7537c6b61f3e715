/** An operation that no process could ever carry out. In words for its author. */
export class CantBeDone extends Error {}
