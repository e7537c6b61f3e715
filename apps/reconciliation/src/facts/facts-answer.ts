/** What became of each fact, in their order. */
export interface FactsAnswer {
  accepted: number;
  /** Said before under the same key, with the same body: the earlier event. */
  repeated: number;
  refused: number;
  facts: FactAnswer[];
}

export interface FactAnswer {
  /**
   * conflict: the key came with another body before. unknown-stream: nothing has opened it yet. not-your-stream: another
   * sender opened it. refused: the fact itself is wrong.
   */
  outcome: 'accepted' | 'repeated' | 'conflict' | 'unknown-stream' | 'not-your-stream' | 'refused';
  subject: string;
  eventId?: string;
  /** Place in its stream, from 1. */
  sequence?: number;
}
