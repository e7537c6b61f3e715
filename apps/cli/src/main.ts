import { parseArgs } from 'node:util';
import { commonSettings, readSettings } from '#service';
import { readAgencyFiles } from './setup/read-agency-files.js';
import { setUp } from './setup/set-up.js';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { agencies: { type: 'string' } } });

switch (positionals[0]) {
  case 'setup': {
    const { databaseUrl, kafkaBrokers, namespace, secretsDir } = readSettings(commonSettings);
    await setUp({ databaseUrl, kafkaBrokers, namespace, secretsDir, files: readAgencyFiles(values.agencies ?? 'deploy/provinces/demo/agencies') });
    break;
  }
  default:
    console.error('lienthong setup --agencies DIR');
    process.exitCode = 2;
}
