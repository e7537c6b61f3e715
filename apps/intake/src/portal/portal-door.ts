import { findCase, type ContractBook, type Database } from '#ledger';
import { isParty } from '../ask/show-case.js';
import { answerOf, refusedAs, sessionEnded, type DoorAnswer, type RowOutcome } from './door-answer.js';
import { openingOf, type Opening } from './opening.js';
import type { ReportProgress } from './report-progress.js';
import type { Sessions } from './session.js';
import type { SyncCases } from './sync-cases.js';
import { filled, words } from './wording.js';

/** CapNhatTienDoHoSoMC takes no more; of DongBoHoSoMC no source says how many it takes. */
const MOST_PROGRESS_ROWS = 10;
const MOST_CASES = 100;

type Members = Record<string, unknown>;

/** What stands behind /partners/{agency}: the portal's services, as the portal answers them. */
export class PortalDoor {
  constructor(
    private readonly ports: {
      db: Database;
      book: ContractBook;
      sessions: Sessions;
      agencyOfKey: (key: string) => Promise<string | undefined>;
    },
    private readonly syncCases: SyncCases,
    private readonly reportProgress: ReportProgress,
  ) {}

  /** The user is the agency, the password the key that it has for /v1. */
  async logIn(agency: string, body: unknown): Promise<DoorAnswer> {
    const { username, password } = membersOf(body);
    const isKey = typeof password === 'string' && password.length <= 200;
    const isRight = username === agency && isKey && (await this.ports.agencyOfKey(password)) === agency;
    if (!isRight) return { status: 200, body: { error_code: words.badLoginCode, message: words.badLogin } };
    if (!openingOf(this.ports.book, agency)) return refusedAs(words.notOpen);
    return { status: 200, body: { session: this.ports.sessions.open(agency, password), error_code: 0 } };
  }

  /** What is sent. */
  integrate(agency: string, body: unknown): Promise<DoorAnswer> {
    return this.admitted(agency, body, (opening, envelope) => {
      const { service, isUpdating, data } = envelope;
      switch (service) {
        case 'DongBoHoSoMC':
          if (isUpdating !== 'True' && isUpdating !== 'False') return malformed('isUpdating');
          return this.each(data, MOST_CASES, words.taken, (row) =>
            this.syncCases.run(opening, row, isUpdating === 'True'),
          );
        case 'CapNhatTienDoHoSoMC':
          if (isUpdating !== undefined) return malformed('isUpdating');
          return this.each(data, MOST_PROGRESS_ROWS, words.progressTaken, (row) =>
            this.reportProgress.run(opening, row),
          );
        default:
          return Promise.resolve(refusedAs(words.unknownService));
      }
    });
  }

  /** What is asked. */
  share(agency: string, body: unknown): Promise<DoorAnswer> {
    return this.admitted(agency, body, async (_opening, { service, mahoso }) => {
      if (service !== 'TraCuuHoSo') return refusedAs(words.unknownService);
      if (typeof mahoso !== 'string' || mahoso === '' || mahoso.length > 100) return malformed('mahoso');
      const header = mahoso.includes('\0') ? undefined : await findCase(this.ports.db, mahoso);
      const isShown =
        header &&
        isParty(agency, header, this.ports.book.receiversOn(header.openedOn), this.ports.book.routedTo(header));
      const result = isShown ? [{ MAHOSO: mahoso, TRANGTHAIHOSO: String(header.status) }] : [];
      return { status: 200, body: { error_code: words.takenCode, result } };
    });
  }

  private async admitted(
    agency: string,
    body: unknown,
    serve: (opening: Opening, envelope: Members) => Promise<DoorAnswer>,
  ): Promise<DoorAnswer> {
    const envelope = membersOf(body);
    if ((await this.ports.sessions.agencyOf(envelope['session'])) !== agency) return sessionEnded;
    const { madonvi } = envelope;
    // Who sends is the session's to say; the portal wants it said all the same.
    if (typeof madonvi !== 'string' || madonvi.trim() === '') return refusedAs(words.wrongUnit);
    const opening = openingOf(this.ports.book, agency);
    return opening ? serve(opening, envelope) : refusedAs(words.notOpen);
  }

  /** Rows of one case go one after another, cases side by side: what comes at once shares a transaction. */
  private async each(
    data: unknown,
    most: number,
    taken: string,
    run: (row: unknown) => Promise<RowOutcome>,
  ): Promise<DoorAnswer> {
    if (data === undefined || data === null) return refusedAs(filled(words.missing, { field: 'data' }));
    if (!Array.isArray(data)) return malformed('data');
    if (data.length === 0) return refusedAs(filled(words.missing, { field: 'data' }));
    if (data.length > most) return refusedAs(filled(words.tooManyRows, { most }));
    const codes = data.map(codeOf);
    const outcomes = new Array<RowOutcome>(data.length);
    const inOrder = async (places: readonly number[]): Promise<void> => {
      for (const place of places) outcomes[place] = await run(data[place]);
    };
    await Promise.all([...Map.groupBy(data.keys(), (place) => codes[place]).values()].map(inOrder));
    return answerOf(codes, outcomes, taken);
  }
}

const membersOf = (body: unknown): Members =>
  body !== null && typeof body === 'object' && !Array.isArray(body) ? (body as Members) : {};

/** Only what may be a code is said back. */
function codeOf(row: unknown): string {
  const code = membersOf(row)['MaHoSo'];
  return typeof code === 'string' && /^[A-Z0-9.-]{1,60}$/.test(code) ? code : '';
}

const malformed = (field: string): Promise<DoorAnswer> =>
  Promise.resolve(refusedAs(filled(words.malformed, { field })));
