import type { ServiceKind } from './service-kind.mjs';

interface Prepared {
  java: string;
  classes: string[];
  place: string;
}

export function kafkaNode(node?: {
  id?: number;
  voters?: string;
  clusterId?: string;
  more?: Record<string, string | number | boolean>;
}): ServiceKind<Prepared>;
export function brokersIn(address: string): Promise<number>;
