/**
 * Sockets by inode, to say what `socket:[4711]` of a descriptor is: `/proc/[pid]/net/{tcp,tcp6,udp,udp6,raw,raw6,unix,
 * netlink,packet}`, each of the task's network namespace. @see proc_pid_net(5), kernel `net/ipv4/tcp_ipv4.c`
 * (tcp4_seq_show), `net/unix/af_unix.c` (unix_seq_show), `net/netlink/af_netlink.c`, `net/packet/af_packet.c`.
 */
import { lines } from './bytes.ts';
import { exactOf } from './escapes.ts';

export interface InetSocket {
  readonly kind: 'tcp' | 'tcp6' | 'udp' | 'udp6' | 'raw' | 'raw6';
  /** `127.0.0.1:22`, `[::1]:22`; a raw socket has no port: `0.0.0.0`. */
  readonly local: string;
  readonly remote: string;
  /** `LISTEN`, `ESTABLISHED`; of udp and raw `ESTABLISHED` or `UNCONNECTED`. */
  readonly state: string;
  /** Bytes not yet acknowledged by the other side. */
  readonly sendQueue: number;
  /** Bytes not yet read; of a listening socket the connections not yet accepted. */
  readonly receiveQueue: number;
  readonly uid: number;
  /** Of a raw socket: `icmp`, or the number. */
  readonly protocol?: string;
}

export interface UnixSocket {
  readonly kind: 'unix';
  /** `stream`, `dgram`, `seqpacket`. */
  readonly type: string;
  /** `LISTEN`, `CONNECTED`, `UNCONNECTED`, `CONNECTING`, `DISCONNECTING`. */
  readonly state: string;
  /** Exact; `@` first = abstract, where further `@` may be NUL bytes. Absent: it has no name. */
  readonly path?: string;
}

export interface NetlinkSocket {
  readonly kind: 'netlink';
  /** `ROUTE`, `KOBJECT_UEVENT`; the number when it has no name. */
  readonly protocol: string;
  /** Address of the socket, mostly the pid of its maker; 0 = the kernel's end. */
  readonly portId: number;
  readonly receiveQueue: number;
  readonly sendQueue: number;
}

export interface PacketSocket {
  readonly kind: 'packet';
  readonly type: string;
  /** Ethernet type, `0x0003` = all. */
  readonly protocol: string;
  /** Index of the interface, 0 = any. */
  readonly interfaceIndex: number;
  readonly receiveQueue: number;
}

export type SocketInfo = InetSocket | UnixSocket | NetlinkSocket | PacketSocket;
export type SocketKind = SocketInfo['kind'];

/** The files to ask, as paths in the task's folder. */
export const SOCKET_FILES: Readonly<Record<SocketKind, string>> = {
  tcp: 'net/tcp',
  tcp6: 'net/tcp6',
  udp: 'net/udp',
  udp6: 'net/udp6',
  unix: 'net/unix',
  netlink: 'net/netlink',
  packet: 'net/packet',
  raw: 'net/raw',
  raw6: 'net/raw6',
};

/** By number, from 1. include/net/tcp_states.h. */
const TCP_STATES =
  'ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING NEW_SYN_RECV BOUND_INACTIVE'.split(
    ' ',
  );
/** SS_* of include/uapi/linux/net.h. */
const UNIX_STATES = ['FREE', 'UNCONNECTED', 'CONNECTING', 'CONNECTED', 'DISCONNECTING'];
const ACCEPTS = 0x10000; // __SO_ACCEPTCON
const SOCKET_TYPES: Readonly<Record<number, string>> = {
  1: 'stream',
  2: 'dgram',
  3: 'raw',
  5: 'seqpacket',
  10: 'packet',
};
/** include/uapi/linux/netlink.h. */
const NETLINK_PROTOCOLS =
  'ROUTE UNUSED USERSOCK FIREWALL SOCK_DIAG NFLOG XFRM SELINUX ISCSI AUDIT FIB_LOOKUP CONNECTOR NETFILTER IP6_FW DNRTMSG KOBJECT_UEVENT GENERIC 17 SCSITRANSPORT ECRYPTFS RDMA CRYPTO SMC'.split(
    ' ',
  );
const IP_PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  41: 'ipv6',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'ipv6-icmp',
  89: 'ospf',
  103: 'pim',
  112: 'vrrp',
  132: 'sctp',
  255: 'raw',
};

/** Each 32-bit word as a little-endian machine prints the bytes of the network: `0100007F` is 127.0.0.1. */
function networkBytes(hex: string): number[] {
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8)
    for (let at = word + 6; at >= word; at -= 2) bytes.push(Number.parseInt(hex.slice(at, at + 2), 16));
  return bytes;
}

/** As RFC 5952 writes it: lower case, the longest run of zeros (the first of equals) as `::`. */
function ipv6Text(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes[2 * i]! * 256 + bytes[2 * i + 1]!);
  if (groups.slice(0, 5).every(group => group === 0) && groups[5] === 0xffff)
    return `::ffff:${bytes.slice(12).join('.')}`;
  const text = groups.map(group => group.toString(16));
  let [start, length] = [-1, 1];
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (groups[to] === 0) to++;
    if (to - from > length) [start, length] = [from, to - from];
  }
  if (start < 0) return text.join(':');
  return `${text.slice(0, start).join(':')}::${text.slice(start + length).join(':')}`;
}

function addressText(hex: string): string {
  const bytes = networkBytes(hex);
  return bytes.length === 4 ? bytes.join('.') : ipv6Text(bytes);
}

const endpoint = (address: string, port: string): string => {
  const text = addressText(address);
  return `${text.includes(':') ? `[${text}]` : text}:${Number.parseInt(port, 16)}`;
};

const ADDRESS = '([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4,5})';
// slot: local remote state sent:received timer:when retransmits uid timeout inode …
const INET = new RegExp(
  `^ *\\d+: ${ADDRESS} ${ADDRESS} ([0-9A-F]{2}) ([0-9A-F]{8}):([0-9A-F]{8}) \\S+ \\S+ +(\\d{1,20}) +\\d+ (\\d{1,20})(?: |$)`,
);

type Found = readonly [inode: string, socket: SocketInfo];

function inetSocket(kind: InetSocket['kind'], line: string): Found | undefined {
  const match = INET.exec(line);
  if (!match) return undefined;
  const [
    ,
    local = '',
    localPort = '',
    remote = '',
    remotePort = '',
    stateHex = '',
    sent = '',
    received = '',
    uid,
    inode = '',
  ] = match;
  const number = Number.parseInt(stateHex, 16);
  const raw = kind === 'raw' || kind === 'raw6';
  const tcp = kind === 'tcp' || kind === 'tcp6';
  const protocol = Number.parseInt(localPort, 16);
  return [
    inode,
    {
      kind,
      local: raw ? addressText(local) : endpoint(local, localPort),
      remote: raw ? addressText(remote) : endpoint(remote, remotePort),
      state: !tcp && number === 7 ? 'UNCONNECTED' : (TCP_STATES[number - 1] ?? `state ${number}`),
      sendQueue: Number.parseInt(sent, 16),
      receiveQueue: Number.parseInt(received, 16),
      uid: Number(uid),
      ...(raw && { protocol: IP_PROTOCOLS[protocol] ?? String(protocol) }),
    },
  ];
}

// address: references protocol flags type state inode path
const UNIX = /^[0-9a-f]+: [0-9A-F]{8} [0-9A-F]{8} ([0-9A-F]{8}) ([0-9A-F]{4}) ([0-9A-F]{2}) +(\d{1,20})(?: (.+))?$/i;

function unixSocket(line: string): Found | undefined {
  const match = UNIX.exec(line);
  if (!match) return undefined;
  const [, flags = '', type = '', state = '', inode = '', path] = match;
  const number = Number.parseInt(state, 16);
  const accepts = (Number.parseInt(flags, 16) & ACCEPTS) !== 0;
  return [
    inode,
    {
      kind: 'unix',
      type: SOCKET_TYPES[Number.parseInt(type, 16)] ?? `type ${Number.parseInt(type, 16)}`,
      state: accepts ? 'LISTEN' : (UNIX_STATES[number] ?? `state ${number}`),
      ...(path !== undefined && { path: exactOf(path) }),
    },
  ];
}

const NUMBER = /^\d{1,20}$/;

function netlinkSocket(line: string): Found | undefined {
  // address protocol port groups received sent dump locks (drops inode)
  const words = line.trim().split(/ +/);
  if (![1, 2, 4, 5, 9].every(at => NUMBER.test(words[at] ?? ''))) return undefined;
  const protocol = Number(words[1]);
  return [
    words[9]!,
    {
      kind: 'netlink',
      protocol: NETLINK_PROTOCOLS[protocol] ?? String(protocol),
      portId: Number(words[2]),
      receiveQueue: Number(words[4]),
      sendQueue: Number(words[5]),
    },
  ];
}

function packetSocket(line: string): Found | undefined {
  // address references type protocol interface running received user inode
  const words = line.trim().split(/ +/);
  if (![2, 4, 6, 8].every(at => NUMBER.test(words[at] ?? '')) || !/^[0-9a-f]{4}$/i.test(words[3]!)) return undefined;
  return [
    words[8]!,
    {
      kind: 'packet',
      type: SOCKET_TYPES[Number(words[2])] ?? `type ${words[2] ?? ''}`,
      protocol: `0x${words[3]!.toLowerCase()}`,
      interfaceIndex: Number(words[4]),
      receiveQueue: Number(words[6]),
    },
  ];
}

/**
 * One of the files, by the inode as the link of a descriptor writes it. Left out: the title, what is cut off or no line of
 * this kind, and sockets that belong to no descriptor (inode 0: TIME_WAIT, half-open connections).
 */
export function decodeSockets(kind: SocketKind, bytes: Uint8Array): Map<string, SocketInfo> {
  const sockets = new Map<string, SocketInfo>();
  for (const line of lines(bytes.subarray(0, bytes.lastIndexOf(10) + 1))) {
    const found =
      kind === 'unix'
        ? unixSocket(line)
        : kind === 'netlink'
          ? netlinkSocket(line)
          : kind === 'packet'
            ? packetSocket(line)
            : inetSocket(kind, line);
    if (found && found[0] !== '0') sockets.set(...found);
  }
  return sockets;
}
