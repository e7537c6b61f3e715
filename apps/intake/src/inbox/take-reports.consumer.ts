import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { Batch } from '#messaging';
import { flow } from '#wire';
import { TakeReports } from './take-reports.js';

@Controller()
export class TakeReportsConsumer {
  constructor(private readonly takeReports: TakeReports) {}

  /** Committed in PostgreSQL before the batch's offset is in Kafka: a repeated batch gets its earlier answers. */
  @EventPattern(flow.agencyInbox.name)
  onReports(@Payload() batch: Batch): Promise<void> {
    return this.takeReports.run(batch);
  }
}
