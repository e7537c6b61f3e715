import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Runs one bench under Node 24 and writes its figures. usage: run-bench.mjs FILE RESULT
// The bench gets its services, the checkout, Node's path and a folder of its own.
const [file, result] = process.argv.slice(2);
const { DATABASE_URL, REDIS_URL, KAFKA_BROKERS, LIENTHONG_BENCH_FOLDER } = process.env;
const { default: bench } = await import(pathToFileURL(file).href);
const figures = await bench({
  DATABASE_URL,
  REDIS_URL,
  KAFKA_BROKERS,
  checkout: resolve(dirname(fileURLToPath(import.meta.url)), '../..'),
  node: process.execPath,
  folder: LIENTHONG_BENCH_FOLDER,
  say: (line) => process.stdout.write(`${line}\n`),
});
writeFileSync(result, JSON.stringify(figures));
process.exit(0);
