import { topicsFor } from '#wire';
import { isUnavailable, inspectLedger, type LedgerState } from '#ledger';
import { inspectKafka, inspectRedis } from '#messaging/plain';
import { request } from 'undici';
import { brief, timeOf } from '../operate/words.js';
import { reasonOf } from '../reason-of.js';
import { keyFile, SecretFiles } from '../secret-files.js';
import type { Finding } from './finding.js';
import { examineCalendar } from './examine-calendar.js';
import { examineCatalogue } from './examine-catalogue.js';
import { examineDays } from './examine-days.js';
import { addressOf, processes, type doctorSettings } from '../settings.js';

export type Settings = ReturnType<typeof doctorSettings>;

const PATIENCE_MS = 5_000;
const MOST_CLOCK_MS = 2_000;
const FLOOR = 15;

const well = (name: string, vi: string, en: string): Finding => ({ name, state: 'well', vi, en });
const warning = (name: string, vi: string, en: string): Finding => ({ name, state: 'warning', vi, en });
const missing = (name: string, vi: string, en: string): Finding => ({ name, state: 'missing', vi, en });

/** Everything at once, each look with its own bound: what is away doesn't hide what else is missing. */
export async function examine(settings: Settings, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const ledger = await inspectLedger(settings.databaseUrl).catch((error: unknown) => error);
  const state = isState(ledger) ? ledger : undefined;
  const ids = state?.agencies.map(({ id }) => id) ?? [];
  const found = await Promise.all([
    within('Redis', ofRedis(settings.redisUrl)),
    within('Kafka', ofKafka(settings, ids)),
    ...processes.map((process) => within(process.name, ofProcess(process, env))),
    ...(state ? [ofAgencies(state, new SecretFiles(settings.secretsDir))] : []),
    ...(state?.pendingMigrations.length === 0
      ? [
          within('danh mục', examineCatalogue(settings.databaseUrl).catch(ofCatalogueFailed)),
          within('lịch làm việc', examineCalendar(settings.databaseUrl).catch(ofCalendarFailed)),
          within('chốt sổ', examineDays(settings.databaseUrl).catch(ofDaysFailed)),
        ]
      : []),
  ]);
  return [
    ...(state ? ofLedger(state) : [unreachableLedger(ledger)]),
    ...found.flat(),
    ...(state ? ofStanding(state) : []),
    ...(state ? ofUntaken(state) : []),
  ];
}

const unreachableLedger = (error: unknown): Finding =>
  missing(
    'PostgreSQL',
    `không vào được (${reasonOf(error)}); kiểm tra DATABASE_URL`,
    isUnavailable(error) ? 'away' : 'can’t be used',
  );

const isState = (value: unknown): value is LedgerState =>
  value !== null && typeof value === 'object' && 'pendingMigrations' in value;

const ofCatalogueFailed = (error: unknown): Finding[] => [
  warning('danh mục', `không xem được danh mục thủ tục (${reasonOf(error)})`, 'the catalogue can’t be looked at'),
];

const ofCalendarFailed = (error: unknown): Finding[] => [
  warning('lịch làm việc', `không xem được lịch (${reasonOf(error)})`, 'the calendar can’t be looked at'),
];

const ofDaysFailed = (error: unknown): Finding[] => [
  warning('chốt sổ', `không xem được các ngày của sổ (${reasonOf(error)})`, 'the days can’t be looked at'),
];

async function within(name: string, look: Promise<Finding[]>): Promise<Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding[]>((resolve) => {
    timer = setTimeout(
      () => resolve([missing(name, `không trả lời trong ${PATIENCE_MS / 1000} giây`, 'no answer in time')]),
      PATIENCE_MS,
    );
  });
  try {
    return await Promise.race([look, late]);
  } finally {
    clearTimeout(timer);
  }
}

function ofLedger({
  version,
  database,
  pendingMigrations,
  synchronousStandbys,
  clockAheadMs,
  agencies,
}: LedgerState): Finding[] {
  const name = 'PostgreSQL';
  return [
    version >= FLOOR
      ? well(name, `phiên bản ${version}, cơ sở dữ liệu ${database}`, 'version is recent enough')
      : missing(name, `phiên bản ${version}; cần ${FLOOR} trở lên`, `needs ${FLOOR} or later`),
    pendingMigrations.length === 0
      ? well('sổ cái', 'đã nâng cấp đủ', 'ledger is up to date')
      : missing(
          'sổ cái',
          `thiếu ${pendingMigrations.join(', ')}; chạy lienthong setup`,
          'migrations are missing: run lienthong setup',
        ),
    synchronousStandbys === ''
      ? warning(
          'bản sao',
          'không có bản sao đồng bộ: hồ sơ đã nhận chỉ bền trên một máy',
          'no synchronous standby: what is accepted is durable on one machine only',
        )
      : well('bản sao', synchronousStandbys, 'synchronous standby'),
    Math.abs(clockAheadMs) <= MOST_CLOCK_MS
      ? well('đồng hồ', `PostgreSQL lệch ${clockAheadMs} ms so với máy này`, 'clocks agree')
      : warning('đồng hồ', `PostgreSQL lệch ${clockAheadMs} ms so với máy này`, 'clocks disagree'),
    ...(pendingMigrations.length === 0 && agencies.length === 0
      ? [missing('cơ quan', 'chưa có cơ quan nào; chạy lienthong setup --agencies DIR', 'no agencies yet')]
      : []),
  ];
}

/** Nothing falls out of sight while nothing is sent. */
function ofStanding({ standing }: LedgerState): Finding[] {
  return standing.flatMap(({ agencyId, paused, breaker, waiting }) => [
    ...(paused
      ? [
          warning(
            agencyId,
            `tạm dừng từ ${timeOf(paused.since)}${paused.until ? ` đến ${timeOf(paused.until)}` : ''}: ${brief(paused.reason ?? '–')}; ${waiting} hồ sơ đang chờ`,
            `paused by ${paused.by ?? '–'}`,
          ),
        ]
      : []),
    ...(breaker
      ? [
          warning(
            agencyId,
            `không trả lời từ ${timeOf(breaker.since)} (${brief(breaker.reason ?? '–')}), đã hỏi lại ${breaker.probes} lần; ${waiting} hồ sơ đang chờ`,
            'its breaker is open',
          ),
        ]
      : []),
  ]);
}

/** Acknowledged at the partner, so nobody but us knows of them. */
const ofUntaken = ({ untaken }: LedgerState): Finding[] =>
  untaken.map(({ agency, rows }) =>
    warning(
      agency,
      `${rows} dòng trong danh sách của cơ quan chưa ghi được; xem lienthong collected ls`,
      'rows of its list were not taken',
    ),
  );

async function ofRedis(url: string): Promise<Finding[]> {
  const name = 'Redis';
  try {
    const { version, evicts, appendOnly } = await inspectRedis(url);
    return [
      well(name, `phiên bản ${version}`, 'answers'),
      evicts === 'noeviction' || evicts === null
        ? well('Redis: bộ nhớ', evicts ?? 'máy chủ không cho biết', 'keeps what it was given')
        : missing(
            'Redis: bộ nhớ',
            `maxmemory-policy là ${evicts}; cần noeviction, nếu không hẹn giờ bị mất`,
            'needs noeviction',
          ),
      appendOnly
        ? well('Redis: ghi đĩa', 'AOF đang bật', 'AOF is on')
        : warning(
            'Redis: ghi đĩa',
            'AOF đang tắt: Redis khởi động lại thì hẹn giờ được dựng lại từ PostgreSQL, chậm hơn',
            'AOF is off: timers come back from PostgreSQL, later',
          ),
    ];
  } catch (error) {
    return [
      missing(
        name,
        `không vào được (${reasonOf(error)}); kiểm tra REDIS_URL`,
        'away; nothing is lost, retries are only later',
      ),
    ];
  }
}

async function ofKafka({ kafkaBrokers, namespace }: Settings, agencies: readonly string[]): Promise<Finding[]> {
  const name = 'Kafka';
  try {
    const wanted = topicsFor(agencies).map((topic) => topic.name);
    const {
      brokers,
      missing: absent,
      replicas,
      minInSync,
      leaderless,
    } = await inspectKafka({ brokers: kafkaBrokers, clientId: 'lienthong-doctor', namespace }, wanted);
    return [
      well(name, `${brokers} broker`, 'answers'),
      absent.length === 0
        ? well('Kafka: chủ đề', `${wanted.length} chủ đề`, 'all topics are there')
        : missing('Kafka: chủ đề', `thiếu ${absent.join(', ')}; chạy lienthong setup`, 'topics are missing'),
      ...(leaderless.length > 0
        ? [
            missing(
              'Kafka: chủ đề',
              `không có broker phụ trách: ${leaderless.join(', ')}`,
              'partitions without a leader',
            ),
          ]
        : []),
      ...(replicas === null
        ? []
        : replicas >= Math.min(3, brokers) && brokers >= 3
          ? [well('Kafka: bản sao', `${replicas} bản mỗi chủ đề`, 'copies')]
          : [
              warning(
                'Kafka: bản sao',
                `${replicas} bản mỗi chủ đề trên ${brokers} broker: mất broker thì chờ nó trở lại`,
                'fewer than three copies; PostgreSQL still has everything',
              ),
            ]),
      ...(minInSync === null || brokers < 3
        ? []
        : minInSync >= 2
          ? [well('Kafka: xác nhận', `chờ ${minInSync} bản`, 'copies that an acknowledgement waits for')]
          : [
              warning(
                'Kafka: xác nhận',
                'min.insync.replicas là 1: một broker hỏng thì thông báo đã xác nhận có thể mất và phải dựng lại từ sổ cái; đặt 2 cho các chủ đề',
                'min.insync.replicas is 1: what Kafka acknowledged can be lost with one broker; set it to 2',
              ),
            ]),
    ];
  } catch (error) {
    return [missing(name, `không vào được (${reasonOf(error)}); kiểm tra KAFKA_BROKERS`, 'away; accepted cases wait')];
  }
}

async function ofProcess(
  { name, port, required }: (typeof processes)[number],
  env: NodeJS.ProcessEnv,
): Promise<Finding[]> {
  const absent = required ? missing : warning;
  const url = `${addressOf(env, name.toUpperCase(), port)}/readyz`;
  try {
    const { statusCode, body } = await request(url, { headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS });
    const { dependencies = {} } = (await body.json().catch(() => ({}))) as { dependencies?: Record<string, string> };
    const down = Object.entries(dependencies)
      .filter(([, state]) => state !== 'up')
      .map(([dependency]) => dependency);
    if (statusCode !== 200)
      return [absent(name, `chưa sẵn sàng (${down.join(', ') || `HTTP ${statusCode}`}) tại ${url}`, 'not ready')];
    return [
      down.length === 0
        ? well(name, 'sẵn sàng', 'ready')
        : warning(name, `sẵn sàng, thiếu ${down.join(', ')}`, 'ready, but something is away'),
    ];
  } catch (error) {
    return [absent(name, `không trả lời tại ${url} (${reasonOf(error)})`, 'doesn’t answer')];
  }
}

async function ofAgencies({ agencies }: LedgerState, secrets: SecretFiles): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const { id, pushes, keys, secrets: needed } of agencies) {
    if (keys === 0)
      found.push(
        pushes
          ? missing(id, `chưa có khóa truy cập; chạy lienthong key create ${id}`, 'has no API key')
          : well(id, 'không cần khóa: chỉ nhận hoặc chỉ được hỏi', 'needs no key: it only receives, or is asked'),
      );
    else
      found.push(
        well(id, `${keys} khóa truy cập${(await secrets.has(keyFile(id))) ? `, tệp ${keyFile(id)}` : ''}`, 'has a key'),
      );
    for (const name of needed)
      if (!(await secrets.has(name)))
        found.push(missing(id, `thiếu mật khẩu ${name} trong ${secrets.folder}`, 'a secret is missing'));
  }
  return found;
}
