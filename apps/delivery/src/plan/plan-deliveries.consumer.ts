import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { Batch } from '#messaging';
import { flow, type StreamAdvanced } from '#wire';
import { PlanDeliveries } from './plan-deliveries.js';

@Controller()
export class PlanDeliveriesConsumer {
  constructor(private readonly planDeliveries: PlanDeliveries) {}

  /** The plan is committed before the batch's offsets are: a repeated batch finds everything planned, and what a ring brought is known. */
  @EventPattern(flow.hubEvents.name)
  async onStreamsAdvanced(@Payload() batch: Batch<StreamAdvanced>): Promise<void> {
    const streams = batch.messages.flatMap(({ value }) =>
      value && /^\d+$/.test(value.stream) && !this.planDeliveries.hasPlanned(value.stream, value.sequence)
        ? [value.stream]
        : [],
    );
    await this.planDeliveries.run([...new Set(streams)]);
  }
}
