import { partsThatFit, percentOf } from '#domain';
import { format, of, sum, vn, type Figure, type Said } from './figure.js';
import { tayNinh } from './planned.js';
import type { Measured } from './replay.js';

const [asked, paid] = [of(`${tayNinh}: land-finance payments online`), of(`${tayNinh}: of them successful`)];
const [amount, amountPaid] = [of(`${tayNinh}: their sum`), of(`${tayNinh}: sum of the successful`)];
const [handled, petitions] = [of(`${tayNinh}: petitions handled`), of(`${tayNinh}: petitions`)];
const inTime = of(`${tayNinh}: questions answered in time`);
const [fitHandled, fitAll] = [partsThatFit(inTime, handled, 0)!, partsThatFit(inTime, petitions, 0)!];

const oddRest: Said = {
  vi: `Phần không thành công: ${vn(asked - paid)} giao dịch và đúng ${vn(amount - amountPaid)} đ, một số tròn bất thường: ĐÁNH DẤU để hỏi lại nguồn, không sửa.`,
  en: `The rest is ${format(asked - paid)} transactions and exactly ${format(amount - amountPaid)} đ, oddly round: FLAGGED, to be asked of the source, not corrected.`,
};
const paymentsBeside = (m: Measured): Record<string, number> => ({
  'succeeded, percent': percentOf(m.payments['payments-succeeded'], m.payments['payments-requested'], 1),
  'the rest, transactions': m.payments['payments-requested'] - m.payments['payments-succeeded'],
  'the rest, VND': m.payments['amount-requested'] - m.payments['amount-succeeded'],
});
const servicesBeside = (m: Measured): Record<string, number> => ({
  'on the portal, percent': percentOf(
    sum(m.services, (row) => row.onPortal),
    sum(m.services),
    1,
  ),
});
const petitionsBeside = (m: Measured): Record<string, number> => ({
  'handled and being handled': m.petitions['petitions-received'],
  'handled, percent': percentOf(m.petitions['petitions-answered'], m.petitions['petitions-received'], 1),
});

/** A rank or a survey: another province's figures, or people's opinions, which no event holds. */
const rank = (vi: string, en: string, beside?: Figure['beside']): Figure => ({
  counted: { vi, en },
  from: null,
  ...(beside ? { beside } : {}),
});
const tayNinhComponents = (m: Measured): Record<string, number> => ({
  'component: services on the portal, percent': servicesBeside(m)['on the portal, percent']!,
  'component: online payments that succeeded, percent': paymentsBeside(m)['succeeded, percent']!,
  'component: petitions handled, percent': petitionsBeside(m)['handled, percent']!,
});
const parVi = 'Trục không tính được: hạng PAR INDEX so mọi tỉnh, chấm cả văn bản và khảo sát. Trục cho các thành phần: tỷ lệ đúng hạn, tỷ lệ đồng bộ, tỷ lệ trực tuyến của hồ sơ'; // prettier-ignore
const parEn = 'Not computable by a hub: the rank compares all provinces, and scores documents and surveys. A hub gives components: on-time, sync and online rates of cases'; // prettier-ignore

export const tayNinhFigures: Readonly<Record<string, Figure>> = {
  [`${tayNinh}: land-finance payments online`]: {
    counted: { vi: 'payment.requested, mục đích đất đai, trong kỳ.', en: 'payment.requested for land in the period.' },
    ambiguity: {
      vi: 'Nguồn không nói 2.379 giao dịch còn lại hỏng hay chỉ chưa có trả lời: ở đây một nửa payment.settled “failed”, nửa kia không có tin.',
      en: 'The source does not say whether the other 2,379 failed or were merely not answered: here half of each.',
    },
    from: (m) => m.payments['payments-requested'],
    beside: paymentsBeside,
  },
  [`${tayNinh}: their sum`]: {
    counted: {
      vi: 'Tổng số tiền của chúng, cộng chính xác (vượt 2^31).',
      en: 'Their amounts, summed exactly (beyond 2^31).',
    },
    ambiguity: oddRest,
    from: (m) => m.payments['amount-requested'],
    beside: paymentsBeside,
  },
  [`${tayNinh}: of them successful`]: {
    counted: {
      vi: 'Lần báo cuối (payment.settled) là thành công: 48,3 %.',
      en: 'Whose last payment.settled says succeeded: 48.3 %.',
    },
    from: (m) => m.payments['payments-succeeded'],
    beside: paymentsBeside,
  },
  [`${tayNinh}: sum of the successful`]: {
    counted: { vi: 'Số tiền đã thu của chúng.', en: 'What was paid by them.' },
    ambiguity: oddRest,
    from: (m) => m.payments['amount-succeeded'],
    beside: paymentsBeside,
  },
  [`${tayNinh}: services integrated on the national portal`]: {
    counted: {
      vi: 'Dịch vụ trong danh mục (procedure.listed) đã tích hợp lên Cổng DVCQG.',
      en: 'Listed services that are on the national portal.',
    },
    ambiguity: {
      vi: '1.000 trên 1.818 = 55,0 %; số tròn, có thể là “trên 1.000”.',
      en: '1,000 of 1,818 = 55.0 %; round, maybe “over 1,000”.',
    },
    from: (m) => sum(m.services, ({ onPortal }) => onPortal),
    beside: servicesBeside,
  },
  [`${tayNinh}: services in all (level 4)`]: {
    counted: { vi: 'Mọi dịch vụ mức 4 trong danh mục.', en: 'All listed services of level 4.' },
    from: (m) => sum(m.services, ({ level }) => level === 4),
    beside: servicesBeside,
  },
  [`${tayNinh}: accounts in the province's app`]: {
    counted: { vi: 'account.opened đến hết tháng 5/2022.', en: 'account.opened until the end of May 2022.' },
    ambiguity: {
      vi: 'Nguồn không nói tài khoản đã khóa có tính không; ở đây không tài khoản nào bị khóa.',
      en: 'Whether closed accounts count is not said; here none was closed.',
    },
    from: (m) => m.accounts,
  },
  [`${tayNinh}: petitions`]: {
    counted: {
      vi: 'petition.received trong kỳ: 1.097 + 404 = 1.501.',
      en: 'petition.received in the period: 1,097 + 404 = 1,501.',
    },
    from: (m) => m.petitions['petitions-received'],
    beside: petitionsBeside,
  },
  [`${tayNinh}: petitions handled`]: {
    counted: { vi: 'Đã có petition.answered.', en: 'Those with a petition.answered.' },
    from: (m) => m.petitions['petitions-answered'],
    beside: petitionsBeside,
  },
  [`${tayNinh}: petitions being handled`]: {
    counted: { vi: 'Chưa có petition.answered.', en: 'Those without.' },
    from: (m) => m.petitions['petitions-received'] - m.petitions['petitions-answered'],
  },
  [`${tayNinh}: questions answered in time`]: {
    counted: {
      vi: 'petition.answered không muộn hơn ngày hẹn, trên số đã trả lời; không chữ số thập phân.',
      en: 'petition.answered no later than its due day, of the answered; no decimals.',
    },
    ambiguity: {
      vi: `Nguồn không nói tính trên gì, “câu hỏi” có thể không phải phản ánh. Trên ${vn(handled)} đã xử lý: ${vn(fitHandled.least)} đến ${vn(fitHandled.most)} đều ra 84 %; trên ${vn(petitions)}: ${vn(fitAll.least)} đến ${vn(fitAll.most)}, nhiều hơn số đã trả lời, nên chỉ đúng nếu tính cả phản ánh chưa đến hạn. Ở đây: trên số đã xử lý, số giữa.`,
      en: `The base is not said, and “questions” may not be the petitions. Of the ${format(handled)} handled ${format(fitHandled.least)} to ${format(fitHandled.most)} fit; of all ${format(petitions)} ${format(fitAll.least)} to ${format(fitAll.most)}, more than were answered, so only if those not yet due count too. Here: of the handled, the middle one.`,
    },
    from: (m) => percentOf(m.petitions['petitions-answered-in-time'], m.petitions['petitions-answered'], 0),
    beside: (m) => ({ 'answered in time': m.petitions['petitions-answered-in-time'] }),
  },
  [`${tayNinh}: communes`]: {
    counted: {
      vi: 'unit.listed đến hết tháng 6/2022: 71 xã, 17 phường, 6 thị trấn.',
      en: 'unit.listed by the end of June 2022: 71 communes, 17 wards, 6 townships.',
    },
    from: (m) => m.units.reduce((all, { count }) => all + count, 0),
    beside: (m) => Object.fromEntries(m.units.map(({ form, count }) => [form, count])),
  },
  [`${tayNinh}: PAR index rank`]: rank(
    `${parVi}; nguồn này chỉ có dữ liệu cho các thành phần bên cạnh.`,
    `${parEn}; of these seeds' events only those beside it follow.`,
    tayNinhComponents,
  ),
  [`${tayNinh}: SIPAS rank`]: rank(
    'Trục không tính được: SIPAS là khảo sát mức độ hài lòng. Trục chỉ có thể cho thời gian và kết quả giải quyết.',
    'Not computable by a hub: SIPAS is a survey of satisfaction. A hub gives at most what was done, and when.',
    tayNinhComponents,
  ),
  ['Cần Thơ: PAR index rank']: rank(
    `${parVi}. Nguồn không có dữ liệu nào để phát lại; từ 2016 dịch vụ trực tuyến chấm theo hồ sơ, trước đó theo thủ tục.`,
    `${parEn}. The source has nothing to replay; online services were scored by cases, formerly by procedures.`,
  ),
  ['Hòa Bình: fields with an inter-agency one-stop rule']: {
    counted: {
      vi: 'Số lĩnh vực có ít nhất một thủ tục khai là liên thông ngang giữa các cơ quan.',
      en: 'Distinct fields with at least one procedure listed as linked between agencies.',
    },
    ambiguity: {
      vi: 'Nguồn đếm quy chế đã ban hành (văn bản); trục chỉ thấy thủ tục được khai, nên hai số bằng nhau khi mỗi quy chế được khai thành thủ tục.',
      en: 'The source counts rules that were issued (documents); a hub sees the procedures listed under them, equal only where each rule is listed.',
    },
    from: (m) => new Set(m.hoaBinh.filter(({ link }) => link === 'horizontal').map(({ field }) => field)).size,
  },
  ['Hòa Bình: communes on the one-stop software (target)']: rank(
    'Là chỉ tiêu, không phải số đã đo: không sự kiện nào làm ra nó. Thành phần trục cho được: tỷ lệ xã có gửi sự kiện trong kỳ; nguồn này không có sự kiện nào của xã.',
    'A target, not a measurement: no event makes it. A hub gives the share of communes that sent events in a period; this seed has none.',
  ),
};
