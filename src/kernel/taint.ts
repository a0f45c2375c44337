/** Why a kernel is tainted: the bits of `/proc/sys/kernel/tainted`. kernel/panic.c (taint_flags). */

export interface Taint {
  readonly bit: number;
  /** As in the `Tainted:` line of an oops. */
  readonly letter: string;
  readonly meaning: string;
}

// prettier-ignore
export const TAINTS: readonly Taint[] = [
  { bit: 0,  letter: 'P', meaning: 'a proprietary module was loaded' },
  { bit: 1,  letter: 'F', meaning: 'a module was loaded by force' },
  { bit: 2,  letter: 'S', meaning: 'the machine is outside of what the kernel supports' },
  { bit: 3,  letter: 'R', meaning: 'a module was unloaded by force' },
  { bit: 4,  letter: 'M', meaning: 'a CPU reported a machine check' },
  { bit: 5,  letter: 'B', meaning: 'a page was in a bad state' },
  { bit: 6,  letter: 'U', meaning: 'a program asked for it' },
  { bit: 7,  letter: 'D', meaning: 'the kernel has had an oops or a BUG' },
  { bit: 8,  letter: 'A', meaning: 'an ACPI table was overridden' },
  { bit: 9,  letter: 'W', meaning: 'the kernel has warned (WARN)' },
  { bit: 10, letter: 'C', meaning: 'a staging driver was loaded' },
  { bit: 11, letter: 'I', meaning: 'a bug of the firmware is worked around' },
  { bit: 12, letter: 'O', meaning: 'a module from outside of the kernel tree was loaded' },
  { bit: 13, letter: 'E', meaning: 'an unsigned module was loaded' },
  { bit: 14, letter: 'L', meaning: 'a soft lockup has happened' },
  { bit: 15, letter: 'K', meaning: 'the kernel was live-patched' },
  { bit: 16, letter: 'X', meaning: 'auxiliary, each distribution has its own meaning' },
  { bit: 17, letter: 'T', meaning: 'built with randomised structures' },
  { bit: 18, letter: 'N', meaning: 'a test has run inside of the kernel' },
  { bit: 19, letter: 'J', meaning: 'firmware of a device was changed through fwctl' },
];

/** The reasons in a mask, and the bits that have no name here. */
export function taintsOf(mask: bigint): { readonly taints: readonly Taint[]; readonly unknown: bigint } {
  const taints = TAINTS.filter(({ bit }) => ((mask >> BigInt(bit)) & 1n) === 1n);
  return { taints, unknown: taints.reduce((rest, { bit }) => rest & ~(1n << BigInt(bit)), mask) };
}
