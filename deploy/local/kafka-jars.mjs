import { closeSync, existsSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onPath } from './install.mjs';
import { oneAtATime } from './lock.mjs';
import { folderAt, runFolder } from './place.mjs';
import { runTask, stopLeftBehind } from './processes.mjs';
import { Trouble } from './trouble.mjs';

export const KAFKA = '4.2.0';
const SLF4J = '1.7.36';
const COPY_JARS = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

const jars = join(runFolder, 'kafka-libs', KAFKA);

/** Fetched once a checkout, for all its runs. */
export async function kafkaJars(detail) {
  if (existsSync(jars)) return jars;
  const folder = folderAt(runFolder, 'kafka-libs');
  return oneAtATime(join(folder, 'fetch.lock'), async () => {
    if (existsSync(jars)) return jars;
    detail('Maven: Kafka');
    await fetchJars(folder);
    return jars;
  });
}

export const canHaveJars = () => existsSync(jars) || findMaven();

function findMaven() {
  const maven = onPath('mvn');
  if (maven) return maven;
  throw new Trouble(
    'Không tìm thấy Maven để lấy Kafka: hãy cài (apt-get install maven), khởi động Docker, hay đặt KAFKA_BROKERS.',
    'Maven, which fetches Kafka, was not found: install it (apt-get install maven), start Docker, or set KAFKA_BROKERS.',
  );
}

async function fetchJars(folder) {
  const maven = findMaven();
  const work = join(folder, 'fetching');
  await stopLeftBehind(work);
  rmSync(work, { recursive: true, force: true });
  folderAt(work);
  const pom = join(work, 'pom.xml');
  const log = join(folderAt(runFolder, 'logs'), 'maven.log');
  writeFileSync(pom, pomOf([`org.apache.kafka:kafka_2.13:${KAFKA}`, `org.slf4j:slf4j-simple:${SLF4J}`]));
  const args = [
    '-B',
    '-ntp',
    '-f',
    pom,
    COPY_JARS,
    `-DoutputDirectory=${join(work, 'jars')}`,
    '-DincludeScope=runtime',
  ];
  const out = openSync(log, 'w');
  try {
    const code = await runTask({
      record: join(work, 'mvn.pid'),
      command: maven,
      args,
      cwd: work,
      env: process.env,
      out,
    });
    if (code !== 0) {
      throw new Trouble(
        'Maven không lấy được Kafka (xem ở trên): hãy kiểm tra mạng và cấu hình Maven rồi chạy lại.',
        "Maven could not fetch Kafka (see above): check the network and Maven's settings and run this again.",
        { log },
      );
    }
    renameSync(join(work, 'jars'), jars);
  } finally {
    closeSync(out);
    rmSync(work, { recursive: true, force: true });
  }
}

function pomOf(artifacts) {
  const dependencies = artifacts.map((artifact) => {
    const [group, name, version] = artifact.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>vn.lienthong</groupId><artifactId>kafka</artifactId><version>1</version>
<dependencies>${dependencies.join('')}</dependencies></project>
`;
}
