import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeSockets, SOCKET_FILES, type SocketKind } from '../../src/decode/net-sockets.ts';
import { bytes, rawBytes } from '../support/stat-line.ts';

const KINDS = Object.keys(SOCKET_FILES) as SocketKind[];

const TCP = `\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 00000000:07E8 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 1472 1 00000000f1eeaf1c 100 0 0 10 0                      
   1: 0100007F:0016 0201A8C0:D431 01 00000024:00000400 01:00000014 00000000  1000        0 20481 4 0000000000000000 20 4 30 10 -1                    
   2: 0100007F:0016 0100007F:D432 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000                                      
`;

test('tcp: little-endian words, ports, states, queues', () => {
  const sockets = decodeSockets('tcp', bytes(TCP));
  assert.equal(sockets.size, 2, 'TIME_WAIT belongs to nobody');
  assert.deepEqual(sockets.get('1472'), {
    kind: 'tcp',
    local: '0.0.0.0:2024',
    remote: '0.0.0.0:0',
    state: 'LISTEN',
    sendQueue: 0,
    receiveQueue: 3,
    uid: 0,
  });
  assert.deepEqual(sockets.get('20481'), {
    kind: 'tcp',
    local: '127.0.0.1:22',
    remote: '192.168.1.2:54321',
    state: 'ESTABLISHED',
    sendQueue: 36,
    receiveQueue: 1024,
    uid: 1000,
  });
});

const inet6 = (address: string) =>
  decodeSockets(
    'tcp6',
    bytes(
      `   0: ${address}:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0 100 0 0 10 0\n`,
    ),
  ).get('7');

test('IPv6 addresses as RFC 5952 writes them', () => {
  const texts: Readonly<Record<string, string>> = {
    '00000000000000000000000000000000': '[::]:80',
    '00000000000000000000000001000000': '[::1]:80',
    // 2001:db8:0:0:1:0:0:1: the first of two equal runs
    B80D0120000000000000010001000000: '[2001:db8::1:0:0:1]:80',
    // fe80::1234:5678:9abc:def0
    '000080FE0000000078563412F0DEBC9A': '[fe80::1234:5678:9abc:def0]:80',
    // ::ffff:10.0.0.1
    '0000000000000000FFFF00000100000A': '[::ffff:10.0.0.1]:80',
    // 1:2:3:4:5:6:7:8
    '02000100040003000600050008000700': '[1:2:3:4:5:6:7:8]:80',
    // 1:0:3:4:5:6:7:8: one zero alone is not shortened
    '00000100040003000600050008000700': '[1:0:3:4:5:6:7:8]:80',
    // 1:2:3:4:5:6:0:0
    '02000100040003000600050000000000': '[1:2:3:4:5:6::]:80',
  };
  for (const [hex, text] of Object.entries(texts)) assert.equal((inet6(hex) as { local: string }).local, text, hex);
  assert.equal((inet6('00000000000000000000000000000000') as { remote: string }).remote, '[::]:0');
});

test('udp and raw have states of their own', () => {
  const line = (local: string, state: string) =>
    `  345: ${local} 00000000:0000 ${state} 00000000:00000200 00:00000000 00000000   101        0 555 2 0000000000000000 0\n`;
  const udp = decodeSockets('udp', bytes(line('3500007F:0035', '07'))).get('555');
  assert.deepEqual(udp, {
    kind: 'udp',
    local: '127.0.0.53:53',
    remote: '0.0.0.0:0',
    state: 'UNCONNECTED',
    sendQueue: 0,
    receiveQueue: 512,
    uid: 101,
  });
  assert.equal(
    (decodeSockets('udp', bytes(line('00000000:0044', '01'))).get('555') as { state: string }).state,
    'ESTABLISHED',
  );
  const raw = decodeSockets('raw', bytes(line('00000000:0001', '07'))).get('555');
  assert.ok(raw?.kind === 'raw');
  assert.equal(raw.protocol, 'icmp');
  assert.equal(raw.local, '0.0.0.0');
  assert.equal(
    (decodeSockets('tcp', bytes(line('00000000:0001', '1F'))).get('555') as { state: string }).state,
    'state 31',
  );
});

test('unix: types, states, names', () => {
  const file = rawBytes(
    'Num       RefCount Protocol Flags    Type St Inode Path\n' +
      '0000000003f7f82d: 00000003 00000000 00000000 0001 03  1469\n' +
      'ffff8800b7f5a000: 00000002 00000000 00010000 0001 01 12345 /run/dbus/system bus\n' +
      '00000000aaaaaaaa: 00000002 00000000 00000000 0002 01 12346 @/tmp/.X11-unix/X0\n' +
      '00000000bbbbbbbb: 00000002 00000000 00000000 0005 02 12347 /tmp/\xff\n' +
      '00000000cccccccc: 00000002 00000000 00000000 0009 0A 12348\n',
  );
  const sockets = decodeSockets('unix', file);
  assert.deepEqual(sockets.get('1469'), { kind: 'unix', type: 'stream', state: 'CONNECTED' });
  assert.deepEqual(sockets.get('12345'), {
    kind: 'unix',
    type: 'stream',
    state: 'LISTEN',
    path: '/run/dbus/system bus',
  });
  assert.deepEqual(sockets.get('12346'), {
    kind: 'unix',
    type: 'dgram',
    state: 'UNCONNECTED',
    path: '@/tmp/.X11-unix/X0',
  });
  assert.deepEqual(sockets.get('12347'), { kind: 'unix', type: 'seqpacket', state: 'CONNECTING', path: '/tmp/\udcff' });
  assert.deepEqual(sockets.get('12348'), { kind: 'unix', type: 'type 9', state: 'state 10' });
});

test('netlink and packet', () => {
  const netlink = decodeSockets(
    'netlink',
    bytes(
      'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n' +
        '00000000bf62be67 0   0          00000000 0        0        0     2        0        4       \n' +
        '00000000c64cdf19 15  4294963217 00000001 12       34       0     2        0        1430    \n' +
        '00000000c64cdf19 99  1          00000001 0        0        0     2        0        1431    \n',
    ),
  );
  assert.equal(netlink.size, 3);
  assert.deepEqual(netlink.get('1430'), {
    kind: 'netlink',
    protocol: 'KOBJECT_UEVENT',
    portId: 4294963217,
    receiveQueue: 12,
    sendQueue: 34,
  });
  assert.equal((netlink.get('4') as { protocol: string }).protocol, 'ROUTE');
  assert.equal((netlink.get('1431') as { protocol: string }).protocol, '99');
  const packet = decodeSockets(
    'packet',
    bytes(
      'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n' +
        '00000000aaaaaaaa 3      3    88cc   2     1 16     0      777   \n',
    ),
  );
  assert.deepEqual(packet.get('777'), {
    kind: 'packet',
    type: 'raw',
    protocol: '0x88cc',
    interfaceIndex: 2,
    receiveQueue: 16,
  });
});

test('cut off and malformed', () => {
  assert.equal(decodeSockets('tcp', bytes(TCP.slice(0, -200))).size, 1, 'an inode that may be cut off is none');
  for (const kind of KINDS) {
    assert.equal(decodeSockets(kind, bytes('')).size, 0);
    assert.equal(decodeSockets(kind, bytes('\n\n a b c d e f g h i j k\n0: \n')).size, 0, kind);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), data => decodeSockets(kind, data).size === 0));
  }
});
