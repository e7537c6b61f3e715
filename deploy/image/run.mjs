import { processes } from './processes.mjs';

/** The image's entry: the first word names a process, the rest are its arguments. The process takes this one's place. */
const [name] = process.argv.splice(2, 1);
if (!Object.hasOwn(processes, name ?? '')) {
  const names = Object.keys(processes).join(', ');
  process.stderr.write(
    `Không có tiến trình "${name ?? ''}"; có: ${names}.\nThere is no process "${name ?? ''}"; there are: ${names}.\n`,
  );
  process.exit(2);
}
await import(`../../dist/apps/${name}/src/main.js`);
