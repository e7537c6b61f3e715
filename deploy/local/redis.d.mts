import type { ServiceKind } from './service-kind.mjs';

export const redis: ServiceKind<{ program: string; place: string }>;
