import { readFileSync } from 'node:fs';

import { MinistryStandIn } from './bo-noi-vu/bo-noi-vu.stand-in.js';
import { PortalStandIn } from './cong-dvc/cong-dvc.stand-in.js';
import { ProceduresStandIn } from './csdl-tthc/csdl-tthc.stand-in.js';
import { LltpStandIn } from './lltp/lltp.stand-in.js';
import { FirstLltpStandIn } from './lltp-gen1/lltp-gen1.stand-in.js';
import { OneStopStandIn } from './mot-cua/mot-cua.stand-in.js';
import {
  firstLltpSettings,
  lltpSettings,
  ministrySettings,
  oneStopSettings,
  portalSettings,
  proceduresSettings,
  scenarioSettings,
  standInPorts,
  vneidSettings,
} from './settings.js';
import { listen } from './stand-in/listen.js';
import { playedNames, type PlayedName, type StandIn } from './stand-in/stand-in.js';
import { VneidStandIn } from './vneid/vneid.stand-in.js';

const make: Record<PlayedName, () => StandIn> = {
  lltp: () => new LltpStandIn(lltpSettings(process.env)),
  'cong-dvc': () => new PortalStandIn(portalSettings(process.env)),
  'mot-cua': () => new OneStopStandIn(oneStopSettings(process.env)),
  'bo-noi-vu': () => new MinistryStandIn(ministrySettings(process.env)),
  'lltp-gen1': () => new FirstLltpStandIn(firstLltpSettings(process.env)),
  vneid: () => new VneidStandIn(vneidSettings(process.env)),
  'csdl-tthc': () => new ProceduresStandIn(proceduresSettings(process.env)),
};

const name = playedNames.find((known) => known === process.argv[2]);
if (!name) {
  process.stderr.write(`Usage: node stand-in.main.js ${playedNames.join('|')}\n`);
  process.exit(2);
}

const listening = await listen(make[name](), standInPorts(name, process.env)).catch((error: Error) => {
  process.stderr.write(`Stand-in ${name} can't start: ${error.message}\n`);
  process.exit(1);
});
const { file, pace } = scenarioSettings(process.env);
const wrong = file === undefined ? undefined : listening.scenario.start(readFileSync(file, 'utf8'), pace);
if (wrong) {
  process.stderr.write(`${file}:${wrong.line}:${wrong.column} ${wrong.path} ${wrong.text}\n`);
  process.exit(1);
}
let stopping = false;
const stop = async (): Promise<void> => {
  if (stopping) return;
  stopping = true;
  await listening.stop();
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
// Started by the sandbox, it ends with it, also when that was killed.
process.once('disconnect', () => void stop());
process.stdout.write(
  `${JSON.stringify({ ready: true, standIn: name, port: listening.port, controlPort: listening.controlPort })}\n`,
);
