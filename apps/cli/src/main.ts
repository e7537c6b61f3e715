import { runVerb } from './run-verb.js';

const { env, stdin, stdout, stderr } = process;

// `lienthong … | head`: nobody reads any more.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

process.exitCode = await runVerb(process.argv.slice(2), { env, stdin, stdout, stderr });
// A file at stdin that nobody has read to its end would keep the process.
stdin.destroy();
