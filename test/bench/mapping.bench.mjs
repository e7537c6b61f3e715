/**
 * What a mapping said by a file costs beside the same one written by hand: one DongBoHoSoMC item, mapped and its answer
 * classified. No store, no network.
 */
import { readFileSync } from 'node:fs';
import { catalogueOf, mapCase } from '../../dist/libs/connectors/src/national-portal/map-case.js';
import { DeclaredConnector } from '../../dist/libs/connectors/src/http-declared/connector.js';
import { outgoing, portalCase } from '../../dist/libs/connectors/src/case.fixture.js';
import { classifyReply } from '../../dist/libs/domain/src/index.js';
import { parseAgencyFile } from '../../dist/libs/wire/src/index.js';
import { figure } from './fresh.mjs';

const ITEMS = 20_000;
const ROUNDS = 7;
const file = new URL('../../libs/connectors/src/http-declared/portal.fixture.yaml', import.meta.url);
const text = '{"error_code":"0","message":"Đồng bộ thành công"}';

export default async function mappingBench() {
  const contract = parseAgencyFile(readFileSync(file, 'utf8'), {}).versions[0];
  const connector = new DeclaredConnector(contract);
  const settings = { 'field.2.000488': 'G15-TP10; Lý lịch tư pháp', 'result.2.000488': 'KQ.G15.000031' };
  const catalogue = { filesUrl: 'http://127.0.0.1:8081/v1/files/', ...catalogueOf({ settings }) };
  const event = outgoing('received', portalCase);
  const noFile = () => Promise.reject(new Error('no file'));
  const answer = () => ({
    kind: 'answered',
    status: 200,
    contentType: 'application/json',
    text,
    json: JSON.parse(text),
  });

  /** What a programmer would write for this one partner. */
  const byHand = async () => {
    const mapped = mapCase(event, catalogue);
    if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
    const said = answer();
    return said.status < 300 && String(said.json.error_code) === '0' ? 'accepted' : 'doubt';
  };
  const byFile = async () => {
    const mapped = await connector.prepare(event, contract, noFile);
    if (mapped.kind !== 'prepared') throw new Error(mapped.reason);
    return classifyReply(answer(), mapped.prepared.operation, contract.replies).kind;
  };
  const times = { byHand: [], byFile: [] };
  for (let round = 0; round <= ROUNDS; round++)
    for (const [name, one] of Object.entries({ byHand, byFile })) {
      const began = performance.now();
      for (let n = 0; n < ITEMS; n++) if ((await one()) !== 'accepted') throw new Error('not accepted');
      // The first round warms up.
      if (round > 0) times[name].push(((performance.now() - began) * 1_000) / ITEMS);
    }
  await connector.close();
  const middle = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
  const [hand, declared] = [middle(times.byHand), middle(times.byFile)];
  return [
    figure(
      'DongBoHoSoMC item mapped by a file, answer classified',
      declared,
      'µs',
      { 'by hand': hand },
      '≤ 3 ×',
      declared <= 3 * hand,
    ),
  ];
}
