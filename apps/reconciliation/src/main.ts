import { startService } from '#service';
import { reconciliation } from './reconciliation.service.js';

await startService(reconciliation);
