/** Names of ARM cores by the two numbers of their MIDR. arch/arm64/include/asm/cputype.h, ARM's reference manuals. */

const ARM: Readonly<Record<number, string>> = {
  0x920: 'ARM920',
  0x926: 'ARM926',
  0xb02: 'ARM11 MPCore',
  0xb36: 'ARM1136',
  0xb76: 'ARM1176',
  0xc05: 'Cortex-A5',
  0xc07: 'Cortex-A7',
  0xc08: 'Cortex-A8',
  0xc09: 'Cortex-A9',
  0xc0d: 'Cortex-A12',
  0xc0e: 'Cortex-A17',
  0xc0f: 'Cortex-A15',
  0xd01: 'Cortex-A32',
  0xd02: 'Cortex-A34',
  0xd03: 'Cortex-A53',
  0xd04: 'Cortex-A35',
  0xd05: 'Cortex-A55',
  0xd06: 'Cortex-A65',
  0xd07: 'Cortex-A57',
  0xd08: 'Cortex-A72',
  0xd09: 'Cortex-A73',
  0xd0a: 'Cortex-A75',
  0xd0b: 'Cortex-A76',
  0xd0c: 'Neoverse-N1',
  0xd0d: 'Cortex-A77',
  0xd0e: 'Cortex-A76AE',
  0xd40: 'Neoverse-V1',
  0xd41: 'Cortex-A78',
  0xd42: 'Cortex-A78AE',
  0xd44: 'Cortex-X1',
  0xd46: 'Cortex-A510',
  0xd47: 'Cortex-A710',
  0xd48: 'Cortex-X2',
  0xd49: 'Neoverse-N2',
  0xd4a: 'Neoverse-E1',
  0xd4b: 'Cortex-A78C',
  0xd4c: 'Cortex-X1C',
  0xd4d: 'Cortex-A715',
  0xd4e: 'Cortex-X3',
  0xd4f: 'Neoverse-V2',
  0xd80: 'Cortex-A520',
  0xd81: 'Cortex-A720',
  0xd82: 'Cortex-X4',
  0xd83: 'Neoverse-V3AE',
  0xd84: 'Neoverse-V3',
  0xd85: 'Cortex-X925',
  0xd87: 'Cortex-A725',
  0xd89: 'Cortex-A720AE',
  0xd8e: 'Neoverse-N3',
};

interface Implementer {
  readonly name: string;
  readonly parts: Readonly<Record<number, string>>;
}

const IMPLEMENTERS: Readonly<Record<number, Implementer>> = {
  0x41: { name: 'ARM', parts: ARM },
  0x42: { name: 'Broadcom', parts: { 0x0f: 'Brahma-B15', 0x100: 'Brahma-B53', 0x516: 'Vulcan' } },
  0x43: { name: 'Cavium', parts: { 0x0a1: 'ThunderX', 0x0af: 'ThunderX2' } },
  0x46: { name: 'Fujitsu', parts: { 0x001: 'A64FX' } },
  0x48: { name: 'HiSilicon', parts: { 0xd01: 'TSV110', 0xd02: 'HIP09' } },
  0x4e: { name: 'NVIDIA', parts: { 0x003: 'Denver', 0x004: 'Carmel', 0x010: 'Olympus' } },
  0x50: { name: 'APM', parts: { 0x000: 'X-Gene' } },
  0x51: {
    name: 'Qualcomm',
    parts: {
      0x001: 'Oryon',
      0x800: 'Kryo 2xx Gold',
      0x801: 'Kryo 2xx Silver',
      0x802: 'Kryo 3xx Gold',
      0x803: 'Kryo 3xx Silver',
      0x804: 'Kryo 4xx Gold',
      0x805: 'Kryo 4xx Silver',
      0xc00: 'Falkor',
    },
  },
  0x61: {
    name: 'Apple',
    parts: {
      0x022: 'M1 Icestorm',
      0x023: 'M1 Firestorm',
      0x024: 'M1 Pro Icestorm',
      0x025: 'M1 Pro Firestorm',
      0x028: 'M1 Max Icestorm',
      0x029: 'M1 Max Firestorm',
      0x032: 'M2 Blizzard',
      0x033: 'M2 Avalanche',
    },
  },
  0x6d: { name: 'Microsoft', parts: { 0xd49: 'Azure Cobalt 100' } },
  0xc0: { name: 'Ampere', parts: { 0xac3: 'Ampere-1', 0xac4: 'Ampere-1A' } },
};

/** `ARM Cortex-A53`; numbers where there is no name. */
export function armCoreName(implementer: number, part: number): string {
  const known = IMPLEMENTERS[implementer];
  const who = known?.name ?? `implementer 0x${implementer.toString(16)}`;
  return `${who} ${known?.parts[part] ?? `part 0x${part.toString(16).padStart(3, '0')}`}`;
}
