import { Module } from '@nestjs/common';
import { DeliveryOffice } from './delivery-office.js';
import { PlanDeliveries } from './plan/plan-deliveries.js';
import { PlanDeliveriesConsumer } from './plan/plan-deliveries.consumer.js';

@Module({
  controllers: [PlanDeliveriesConsumer],
  providers: [
    {
      provide: DeliveryOffice,
      useFactory: async () => {
        const office = new DeliveryOffice();
        await office.open();
        return office;
      },
    },
    {
      provide: PlanDeliveries,
      useFactory: (office: DeliveryOffice) => office.planDeliveries,
      inject: [DeliveryOffice],
    },
  ],
})
export class DeliveryModule {}
