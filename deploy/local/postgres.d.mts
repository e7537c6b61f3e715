import type { ServiceKind } from './service-kind.mjs';

export const postgres: ServiceKind<{ native: string; data: string; user?: { uid: number; gid: number } }>;
