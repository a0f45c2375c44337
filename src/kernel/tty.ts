/**
 * Terminals by device number: field 7 (tty_nr) of /proc/PID/stat, an int in the kernel's new_encode_dev layout
 * (include/linux/kdev_t.h): major in bits 8–19, minor in bits 0–7 and 20–31. Fixed majors only
 * (Documentation/admin-guide/devices.txt): ttyPS, ttyMSM, ttySTM, ttyLP, ttyGS and other drivers take a dynamic major,
 * which only /proc/tty/drivers of that machine can name.
 */
export interface TtyRange {
  readonly major: number;
  /** Minors, both included. */
  readonly from: number;
  readonly to: number;
  /** `%n` = minor - base; `%b` = a BSD pseudo terminal's letter and hexadecimal digit; otherwise the name itself. */
  readonly name: string;
  readonly base: number;
  readonly meaning: string;
  readonly obsolete?: true;
  readonly note?: string;
}

// prettier-ignore
export const TTY_RANGES: readonly TtyRange[] = [
  { major: 4,   from: 0,   to: 0,       name: 'tty0',      base: 0,     meaning: 'current virtual console' },
  { major: 4,   from: 1,   to: 63,      name: 'tty%n',     base: 0,     meaning: 'virtual console' },
  { major: 4,   from: 64,  to: 255,     name: 'ttyS%n',    base: 64,    meaning: 'serial port (8250/16550; on arm also Atmel without its own name)' },
  { major: 5,   from: 0,   to: 0,       name: 'tty',       base: 0,     meaning: 'controlling terminal alias' },
  { major: 5,   from: 1,   to: 1,       name: 'console',   base: 1,     meaning: 'system console' },
  { major: 5,   from: 2,   to: 2,       name: 'ptmx',      base: 2,     meaning: 'pseudo terminal multiplexer' },
  { major: 5,   from: 3,   to: 3,       name: 'ttyprintk', base: 3,     meaning: 'writes to the kernel log' },
  { major: 5,   from: 64,  to: 255,     name: 'cua%n',     base: 64,    meaning: 'old call-out devices', obsolete: true },
  { major: 2,   from: 0,   to: 255,     name: 'pty%b',     base: 0,     meaning: 'BSD pty master (letters p-z a-e, then 0-f)', obsolete: true },
  { major: 3,   from: 0,   to: 255,     name: 'tty%b',     base: 0,     meaning: 'BSD pty slave', obsolete: true },
  { major: 136, from: 0,   to: 0xfffff, name: 'pts/%n',    base: 0,     meaning: 'pseudo terminal' },
  { major: 137, from: 0,   to: 255,     name: 'pts/%n',    base: -256,  meaning: 'pseudo terminal (normally only major 136 is used)' },
  { major: 138, from: 0,   to: 255,     name: 'pts/%n',    base: -512,  meaning: 'pseudo terminal (normally only major 136 is used)' },
  { major: 139, from: 0,   to: 255,     name: 'pts/%n',    base: -768,  meaning: 'pseudo terminal (normally only major 136 is used)' },
  { major: 140, from: 0,   to: 255,     name: 'pts/%n',    base: -1024, meaning: 'pseudo terminal (normally only major 136 is used)' },
  { major: 141, from: 0,   to: 255,     name: 'pts/%n',    base: -1280, meaning: 'pseudo terminal (normally only major 136 is used)' },
  { major: 142, from: 0,   to: 255,     name: 'pts/%n',    base: -1536, meaning: 'pseudo terminal (normally only major 136 is used)' },
  { major: 143, from: 0,   to: 255,     name: 'pts/%n',    base: -1792, meaning: 'pseudo terminal (normally only major 136 is used)' },
  { major: 128, from: 0,   to: 0xfffff, name: 'ptm%n',     base: 0,     meaning: 'Unix98 pty master' },
  { major: 166, from: 0,   to: 255,     name: 'ttyACM%n',  base: 0,     meaning: 'USB modem (CDC ACM)' },
  { major: 188, from: 0,   to: 511,     name: 'ttyUSB%n',  base: 0,     meaning: 'USB serial converter' },
  { major: 204, from: 5,   to: 7,       name: 'ttySA%n',   base: 5,     meaning: 'StrongARM serial port' },
  { major: 204, from: 8,   to: 11,      name: 'ttySC%n',   base: 8,     meaning: 'SuperH serial port' },
  { major: 204, from: 16,  to: 29,      name: 'ttyAM%n',   base: 16,    meaning: 'ARM PL010' },
  { major: 204, from: 41,  to: 46,      name: 'ttySMX%n',  base: 41,    meaning: 'old i.MX name' },
  { major: 204, from: 64,  to: 77,      name: 'ttyAMA%n',  base: 64,    meaning: 'ARM PL011 (Raspberry Pi, Versatile, virt machines)', note: 'on Samsung ttySAC%n; several drivers share 204:64: see /proc/tty/drivers' },
  { major: 204, from: 154, to: 169,     name: 'ttyAT%n',   base: 154,   meaning: 'Atmel with CONFIG_SERIAL_ATMEL_TTYAT' },
  { major: 204, from: 187, to: 190,     name: 'ttyUL%n',   base: 187,   meaning: 'Xilinx uartlite' },
  { major: 204, from: 191, to: 191,     name: 'xvc0',      base: 191,   meaning: 'Xen console, old' },
  { major: 207, from: 16,  to: 31,      name: 'ttymxc%n',  base: 16,    meaning: 'NXP i.MX' },
  { major: 216, from: 0,   to: 255,     name: 'rfcomm%n',  base: 0,     meaning: 'Bluetooth serial' },
  { major: 229, from: 0,   to: 255,     name: 'hvc%n',     base: 0,     meaning: 'hypervisor console (virtio, Xen)' },
];

/** Unsigned first: minors from 524288 on make tty_nr negative. */
export function ttyNumbers(ttyNr: number): { readonly major: number; readonly minor: number } {
  return { major: (ttyNr >>> 8) & 0xfff, minor: (ttyNr & 0xff) | ((ttyNr >>> 12) & 0xfff00) };
}

/** The range that names this terminal, for its meaning. */
export function ttyRange(ttyNr: number): TtyRange | undefined {
  const { major, minor } = ttyNumbers(ttyNr);
  return TTY_RANGES.find(range => range.major === major && range.from <= minor && minor <= range.to);
}

/** `pts/0`, `ttyS0` as ps prints them; `major:minor` when no fixed range holds it; undefined for 0: no terminal. */
export function ttyName(ttyNr: number): string | undefined {
  if (ttyNr === 0) return undefined;
  const { major, minor } = ttyNumbers(ttyNr);
  const range = ttyRange(ttyNr);
  if (range === undefined) return `${major}:${minor}`;
  return range.name.replace('%n', String(minor - range.base)).replace('%b', bsdName(minor));
}

function bsdName(minor: number): string {
  return 'pqrstuvwxyzabcde'.charAt(minor >> 4) + (minor & 15).toString(16);
}
