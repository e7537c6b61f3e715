import { BaseRpcContext } from '@nestjs/microservices';

/** Where a batch came from, for interceptors. */
export class BatchContext extends BaseRpcContext<[topic: string, partition: number]> {}
