/** What a partner's answer means; the first row that matches decides, none matching is doubt. Text compares folded to NFC lower case. */
export interface ReplyRule {
  when: {
    status?: number | string | (number | string)[];
    /** Member of the JSON answer, or a path (`result.code`, `errors[0].id`) → expected value, compared as text. */
    json?: Record<string, string | number | boolean>;
    /** Substring of the message (or of the whole text). */
    text?: string;
    contentType?: string;
    operation?: string;
  };
  means: 'accepted' | 'already-held' | 'refused' | 'busy' | 'session-expired';
  /** Where the reason stands in a refusal, as member names. */
  reason?: string[];
  /** A refusal that also proves that no earlier attempt of this item arrived: it settles a doubt. */
  proves?: 'not-held';
}
