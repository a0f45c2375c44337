/** An ssh server of our own on a free port of 127.0.0.1, with keys and settings of its own; the system's is left alone. */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { atEnd, killAtEnd } from '../cleanup.mjs';
import { freePort } from '../../scripts/free-port.mjs';

const SSHD = '/usr/sbin/sshd';
const TRIES = 100;

/** Why there can be no such server here; undefined if there can. */
export function unavailable() {
  if (!fs.existsSync(SSHD)) return 'no sshd here: scripts/setup-bench.sh installs it';
  return undefined;
}

function answers(port) {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}

export async function startSshd() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-ssh-'));
  atEnd(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const name of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${folder}/${name}`]);
  const port = await freePort();
  const settings = {
    ...{ Port: port, ListenAddress: '127.0.0.1', HostKey: `${folder}/host`, PidFile: 'none', UsePAM: 'no' },
    ...{ AuthorizedKeysFile: `${folder}/user.pub`, StrictModes: 'no', PasswordAuthentication: 'no' },
    ...{ PermitRootLogin: 'prohibit-password', PrintMotd: 'no', PrintLastLog: 'no' },
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  fs.writeFileSync(`${folder}/config`, lines.join(''));
  if (process.getuid() === 0) fs.mkdirSync('/run/sshd', { recursive: true, mode: 0o755 }); // it wants its empty folder
  const server = spawn(SSHD, ['-D', '-e', '-f', `${folder}/config`], { stdio: ['ignore', 'ignore', 'pipe'] });
  killAtEnd(server);
  let said = '';
  server.stderr.on('data', text => (said += text));
  for (let i = 0; !(await answers(port)); i++) {
    if (i === TRIES || server.exitCode !== null) throw new Error(`sshd does not start: ${said}`);
    await delay(50);
  }
  return { port, folder };
}

/** The client's words, for a server that is reached at `port`; `command` is for a shell. */
export const clientWords = (port, folder, command) => [
  ...['-tt', '-F', '/dev/null', '-e', 'none', '-p', String(port), '-i', `${folder}/user`],
  ...['IdentitiesOnly=yes', 'BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null']
    .concat(['LogLevel=ERROR', 'ConnectTimeout=60'])
    .flatMap(option => ['-o', option]),
  `${os.userInfo().username}@127.0.0.1`,
  command,
];
