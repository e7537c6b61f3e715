import { partsThatFit, percentOf } from '#domain';
import { format, linked, of, sum, vn, type Figure, type Said } from './figure.js';
import { centre, communes, publishedEarly, town } from './planned.js';
import type { Measured } from './replay.js';

const [received, carried, resolved] = ['cases received', 'of them carried over', 'cases resolved'].map((f) => of(`${centre}: ${f}`)) as [number, number, number]; // prettier-ignore
const fits = partsThatFit(of(`${centre}: resolved before the deadline`), resolved)!;

const listed = (
  what: string,
  where: string,
  list: 'centreList' | 'communesList',
  link: string,
  more?: Said,
): Figure => ({
  counted: {
    vi: `Số dòng danh mục (procedure.listed) của ${where} có liên thông ${what}, theo lần khai cuối đến hết năm.`,
    en: `Rows of the place's list (procedure.listed) with link ${link}, as last listed by the year's end.`,
  },
  ...(more ? { ambiguity: more } : {}),
  from: (m) => linked(link)(m[list]),
});

const overlap: Said = {
  vi: `18 + 27 + 12 + 73 = 130; nguồn không nói các nhóm có trùng nhau không, nên 147 “không rõ nhóm” là suy ra.`,
  en: '18 + 27 + 12 + 73 = 130; the source does not say whether the classes overlap, so 147 unclassified is an inference.',
};
const eitherWay: Said = {
  vi: `Nguồn cho phép hai cách đọc ${vn(carried)} hồ sơ kỳ trước: nằm trong ${vn(received)} (còn ${vn(received - resolved)}) hay cộng thêm (tiếp nhận ${vn(received + carried)}, còn ${vn(received + carried - resolved)}). Ở đây: nằm trong; cách kia được phát lại bên cạnh.`,
  en: `The text allows both: the ${format(carried)} are among the ${format(received)} (${format(received - resolved)} left) or come on top (${format(received + carried)} received, ${format(received + carried - resolved)} left). Here: among; the other reading is replayed beside it.`,
};
const both = (m: Measured): Record<string, number> => ({
  'left, the carried-over among the received': m.centre['cases-open'],
  'left, the carried-over on top': m.centre['cases-open'] + m.extra['cases-open'],
  'received, the carried-over on top': m.centre['cases-received'] + m.extra['cases-received'],
});
const onlineShares = (m: Measured): Record<string, number> => ({
  'share on the portal, percent': percentOf(
    sum(m.centreList, (row) => row.onPortal),
    sum(m.centreList),
    1,
  ),
  'procedures unclassified': linked('none')(m.centreList),
});
export const uongBiFigures: Readonly<Record<string, Figure>> = {
  [`${centre}: procedures handled at the centre`]: {
    counted: {
      vi: 'Mọi dòng danh mục của Trung tâm đến hết năm.',
      en: "All rows of the centre's list by the year's end.",
    },
    ambiguity: overlap,
    from: (m) => sum(m.centreList),
    beside: onlineShares,
  },
  [`${centre}: linked over three levels`]: listed('ba cấp', 'Trung tâm', 'centreList', 'three-level', overlap),
  [`${centre}: linked over two levels`]: listed('hai cấp', 'Trung tâm', 'centreList', 'two-level', overlap),
  [`${centre}: linked horizontally (department and vertical agency)`]: listed(
    'ngang',
    'Trung tâm',
    'centreList',
    'horizontal',
    overlap,
  ),
  [`${centre}: vertical agencies' procedures received at the centre`]: listed(
    'ngành dọc',
    'Trung tâm',
    'centreList',
    'vertical',
    overlap,
  ),
  [`${communes}: procedures handled`]: {
    counted: {
      vi: 'Mọi dòng danh mục của xã, phường đến hết năm.',
      en: "All rows of the communes' list by the year's end.",
    },
    from: (m) => sum(m.communesList),
  },
  [`${communes}: linked over three levels`]: listed('ba cấp', 'xã, phường', 'communesList', 'three-level', {
    vi: 'Khác số 18 của thành phố: hai danh mục khác nhau, không phải sai số.',
    en: "Differs from the city's 18: two lists, not an error.",
  }),
  [`${communes}: linked over two levels`]: listed('hai cấp', 'xã, phường', 'communesList', 'two-level'),
  [`${town}: online at level 3 or 4`]: {
    counted: {
      vi: 'Dòng danh mục của Trung tâm có mức trực tuyến 3 hoặc 4.',
      en: "Rows of the centre's list at online level 3 or 4.",
    },
    ambiguity: {
      vi: 'Nguồn không nói 242 tính trên 277 thủ tục của Trung tâm hay cả 111 của xã, phường; ở đây: trên 277.',
      en: 'The source does not say whether of the 277 of the centre or of the communes too; here: of the 277.',
    },
    from: (m) => sum(m.centreList, ({ level }) => level >= 3),
  },
  [`${town}: online at level 4`]: {
    counted: { vi: 'Như trên, riêng mức 4: 211 trong 242.', en: 'The same at level 4: 211 of the 242.' },
    from: (m) => sum(m.centreList, ({ level }) => level === 4),
  },
  [`${town}: connected to the national portal`]: {
    counted: {
      vi: 'Dòng danh mục của Trung tâm đã tích hợp lên Cổng DVCQG.',
      en: "Rows of the centre's list integrated on the national portal.",
    },
    ambiguity: {
      vi: '227/277 = 81,9 %. Thủ tục tích hợp không phải hồ sơ đồng bộ: đây không phải tỷ lệ đồng bộ của chỉ số 766.',
      en: '227/277 = 81.9 %. Integrated procedures are not synced cases: this is no sync rate of the 766 index.',
    },
    from: (m) => sum(m.centreList, ({ onPortal }) => onPortal),
    beside: onlineShares,
  },
  [`${centre}: cases received`]: {
    counted: {
      vi: 'case.received trong năm, cộng hồ sơ tiếp nhận trước năm mà đầu năm chưa kết thúc.',
      en: 'case.received in the year, and those entered before it that had not ended when it began.',
    },
    ambiguity: eitherWay,
    from: (m) => m.centre['cases-received'],
    beside: both,
  },
  [`${centre}: of them carried over`]: {
    counted: {
      vi: 'Tiếp nhận trước 01/01/2021, chưa kết thúc trước ngày ấy.',
      en: 'Entered before 2021-01-01 and not ended before it.',
    },
    ambiguity: eitherWay,
    from: (m) => m.centre['cases-carried-over'],
  },
  [`${centre}: cases resolved`]: {
    counted: {
      vi: 'Có ngày kết thúc trong năm: finishedAt của trạng thái 9, không có thì của 10.',
      en: 'Ended in the year: finishedAt of status 9, else of 10.',
    },
    ambiguity: eitherWay,
    from: (m) => m.centre['cases-resolved'],
    beside: both,
  },
  [`${centre}: resolved before the deadline`]: {
    counted: {
      vi: 'Ngày kết thúc trước ngày hẹn trả, trên số đã giải quyết; hai chữ số thập phân. Số còn lại đúng ngày hẹn, không hồ sơ nào quá hạn.',
      en: 'Ended on a day before the due day, of the resolved, two places. The rest on the day, none overdue.',
    },
    ambiguity: {
      vi: `${fits.most - fits.least + 1} số nguyên cho đúng tỷ lệ này (${vn(fits.least)} đến ${vn(fits.most)}); ở đây chọn số giữa, ${vn(publishedEarly)}.`,
      en: `${fits.most - fits.least + 1} integers fit (${format(fits.least)} to ${format(fits.most)}); the world uses the middle one, ${format(publishedEarly)}.`,
    },
    from: (m) => percentOf(m.centre['cases-resolved-early'], m.centre['cases-resolved']),
    beside: (m) => ({
      'resolved early, cases': m.centre['cases-resolved-early'],
      'resolved on the day, cases': m.centre['cases-resolved-on-time'],
      'resolved overdue, cases': m.centre['cases-resolved-overdue'],
    }),
  },
  [`${communes}: cases received`]: {
    counted: { vi: 'case.received của xã, phường trong năm.', en: "The communes' case.received in the year." },
    from: (m) => m.communes['cases-received'],
  },
  [`${communes}: cases resolved`]: {
    counted: {
      vi: 'Kết thúc trong năm, như trên: 74,1 % số tiếp nhận.',
      en: 'Ended in the year, as above: 74.1 % of the received.',
    },
    ambiguity: {
      vi: '“Không hồ sơ nào quá hạn” chỉ nói về số đã giải quyết: 9.930 hồ sơ còn lại không được nói đến, và có thể có hồ sơ đã quá hạn.',
      en: '“None overdue” covers the resolved only: of the 9,930 open nothing is said, and some may be past due.',
    },
    from: (m) => m.communes['cases-resolved'],
    beside: (m) => ({
      'resolved, percent': percentOf(m.communes['cases-resolved'], m.communes['cases-received'], 1),
      'resolved overdue, cases': m.communes['cases-resolved-overdue'],
      open: m.communes['cases-open'],
      'open and past due in this world (our choice)': m.communes['open-past-due'],
    }),
  },
};
