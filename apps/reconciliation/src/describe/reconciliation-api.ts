import { openApiOf, type DescribedRoute } from '#wire';
import { closeRoutes } from './routes/close.routes.js';
import { countRoutes, processRoutes } from './routes/counts.routes.js';
import { lineRoutes } from './routes/lines.routes.js';
import { reportRoutes } from './routes/report.routes.js';
import { closeShapes } from './shapes/close.shapes.js';
import { countShapes } from './shapes/counts.shapes.js';
import { lineShapes } from './shapes/lines.shapes.js';
import { reportShapes } from './shapes/report.shapes.js';

/** One entry a route; a spec compares them with what the process serves, and its answers with their shapes. */
export const reconciliationRoutes: readonly DescribedRoute[] = [
  ...countRoutes,
  ...lineRoutes,
  ...closeRoutes,
  ...reportRoutes,
  ...processRoutes,
];

/** OpenAPI 3.1 of the process `reconciliation`. */
export const reconciliationApi: object = openApiOf({
  title: 'Liên Thông: đối soát · reconciliation /v1',
  description: [
    'Đối soát hai bên, chốt ngày, biên bản, báo cáo, chỉ số. Ngày là ngày của Asia/Ho_Chi_Minh; thời điểm là RFC 3339; tiền là đồng; lỗi theo RFC 9457, theo ngôn ngữ của Accept-Language.',
    'Both sides’ books, the daily close, statements, reports, figures. Days are those of Asia/Ho_Chi_Minh; instants RFC 3339; money in đồng; errors are RFC 9457 problems in the language of Accept-Language. A discrepancy’s or comparison’s id is a number as text.',
  ].join('\n\n'),
  routes: reconciliationRoutes,
  keys: {
    operator: 'khóa của người vận hành · an operator’s key: lienthong key create --operator NAME',
    agency: 'khóa của chính cơ quan trong đường dẫn · the key of the agency in the path: lienthong key create AGENCY',
  },
  schemas: { ...countShapes, ...lineShapes, ...closeShapes, ...reportShapes },
});
