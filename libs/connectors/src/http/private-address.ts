import { BlockList, isIP } from 'node:net';

/** Addresses that no public partner has: this machine, private networks, link-local (a cloud's metadata), multicast, reserved. */
const of4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const of6: readonly [string, number][] = [
  ['::', 128],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const list = new BlockList();
for (const [net, prefix] of of6) list.addSubnet(net, prefix, 'ipv6');
for (const [net, prefix] of of4) {
  list.addSubnet(net, prefix, 'ipv4');
  const [a = 0, b = 0, c = 0, d = 0] = net.split('.').map(Number);
  const low = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  // IPv4 in IPv6’s clothes: compatible, NAT64, 6to4; mapped addresses the list knows by itself.
  list.addSubnet(`::${low}`, 96 + prefix, 'ipv6');
  list.addSubnet(`64:ff9b::${low}`, 96 + prefix, 'ipv6');
  list.addSubnet(`2002:${low}::`, 16 + prefix, 'ipv6');
}

export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$|%.*$/g, '');
  const version = isIP(bare);
  return version !== 0 && list.check(bare, version === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a host of an address is private by how it is written: whoever writes that knows it. */
export const isWrittenPrivate = (host: string): boolean =>
  isPrivateAddress(host) || /^(?:.+\.)?localhost\.?$/i.test(host);
