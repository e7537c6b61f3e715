import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** True in the file that the command line named, also through a link in node_modules/.bin. */
export const isEntry = (url) => process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(url);
