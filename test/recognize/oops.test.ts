import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decoded, kinds, one, part, words } from './decoded.ts';

describe('arm, short descriptors', () => {
  const USB = `Sep  3 04:35:13 host kernel: [44660.188699] Unable to handle kernel NULL pointer dereference at virtual address 00000034
Sep  3 04:35:13 host kernel: [44660.202389] pgd = d91dc000
Sep  3 04:35:13 host kernel: [44660.207690] [00000034] *pgd=192f2831, *pte=00000000, *ppte=00000000
Sep  3 04:35:13 host kernel: [44660.216667] Internal error: Oops: 817 [#1] ARM
Sep  3 04:35:13 host kernel: [44660.223687] Modules linked in: i2c_dev snd_bcm2835 snd_pcm
Sep  3 04:35:13 host kernel: [44660.243246] CPU: 0 PID: 11335 Comm: gammu-smsd Not tainted 4.4.19+ #906
Sep  3 04:35:13 host kernel: [44660.283388] pc : [<c03fb768>]    lr : [<c03fdb28>]    psr: 00000193
Sep  3 04:35:13 host kernel: [44660.301176] r10: dafae400  r9 : da7d03e8  r8 : ce2c2e80`;
  test('the lines are one thing', () => {
    assert.deepEqual(kinds(USB), ['oops']);
    const oops = one('oops', USB);
    assert.deepEqual(
      ['architecture', 'message', 'oops_number', 'address', 'access', 'comm', 'pid', 'cpu', 'esr'].map(
        key => oops[key],
      ),
      ['arm', 'NULL pointer dereference', 1, '0x00000034', 'write', 'gammu-smsd', 11335, 0, null],
    );
    assert.equal(oops.kernel, '4.4');
    assert.deepEqual(oops['walks'], [
      { layout: 'arm-2level', indexes: { pgd: 0, pte: 0 }, offset: 0x34, hardware: { first: 0, second: 0 } },
    ]);
  });
  test('FSR 817: second-level entry empty, domain 1, on a write', () => {
    const fsr = part(one('oops', USB), 'fsr');
    assert.deepEqual(
      ['raw', 'format', 'status', 'name', 'domain', 'write', 'external'].map(key => part(fsr, key)),
      ['0x00000817', 'short-descriptor', 7, 'page translation fault', 1, true, false],
    );
  });
  test('in words', () => {
    const said = words(USB);
    for (const line of [
      /^kernel fault on arm: NULL pointer dereference, on a write; oops #1$/m,
      /task +gammu-smsd, pid 11335, on CPU 0/,
      /FSR +0x817: page translation fault: the second-level entry \(pte\) is empty; domain 1; on a write \(WnR\)/,
      /address +0x00000034: 0x34 bytes beyond NULL/,
      /\*pgd +0x192f2831: page table at 0x192f2800, domain 1$/m,
      /\*ppte +0x00000000: none: an access faults/,
    ])
      assert.match(said, line);
  });

  test('Linux entry beside the processor entry: a dirty device page', () => {
    const text = `[    3.857689] 8<--- cut here ---
[    3.860762] Unhandled fault: external abort on non-linefetch (0x008) at 0xc09f1014
[    3.868346] [c09f1014] *pgd=8140f811, *pte=020cc653, *ppte=020cc453
[    3.874653] Internal error: : 8 [#1] SMP ARM`;
    assert.deepEqual(kinds(text), ['oops']);
    const said = words(text);
    assert.match(said, /external abort on non-linefetch: the bus answered with an error.*; on a read/);
    assert.match(said, /\*pgd +0x8140f811: page table at 0x8140f800, domain 0/);
    assert.match(
      said,
      /\*pte +0x020cc653: page at 0x20cc000, PRESENT, YOUNG, DIRTY, XN, SHARED, memory type DEV_SHARED/,
    );
    assert.match(
      said,
      /\*ppte +0x020cc453: small page at 0x20cc000, AP 001 = kernel read-write, user none, TEX 1 C 0 B 0 = device/,
    );
    // c09 is odd: the second MiB of its pair
    assert.match(said, /pgd 1540, pte 497, offset 0x14; the processor: first level 3081, second level 241/);
    assert.match(said, /this address belongs to the second one/);
  });
  test('several faults in a row are several things', () => {
    const text = `[  254.862893] Unhandled fault: imprecise external abort (0xc06) at 0x00071bcc
[  254.869897] pgd = 92e2c000
[  254.872615] [00071bcc] *pgd=92e1a835, *pte=872d859f, *ppte=872d8e7e
[  254.880013] Unhandled fault: external abort on non-linefetch (0x008) at 0x75f62638
[  254.887622] pgd = 92634000
[  254.890340] [75f62638] *pgd=92e24835, *pte=9c00075f, *ppte=9c000c7f
[  254.920590] Unhandled fault: imprecise external abort (0xc06) at 0x76ef7e54
[  254.927617] pgd = 80004000
[  254.930348] [76ef7e54] *pgd=00000000
[  254.933972] Internal error: : c06 [#1] SMP ARM`;
    assert.deepEqual(
      decoded(text).map(oops => [oops['address'], oops['oops_number']]),
      [
        ['0x00071bcc', null],
        ['0x75f62638', null],
        ['0x76ef7e54', 1],
      ],
    );
    const said = words(text);
    assert.match(said, /872d859f: page at 0x872d8000, PRESENT, YOUNG, RDONLY, USER, SHARED, memory type WRITEALLOC/);
    assert.match(
      said,
      /872d8e7e: small page at 0x872d8000, AP 111 = kernel and user read-only, TEX 1 C 1 B 1 = write-back, write-allocate, S: shareable, nG/,
    );
    assert.match(said, /0x92e1a835: page table at 0x92e1a800, domain 1, PXN/);
  });
  test('a section fault on a write', () => {
    const text = `Unable to handle kernel paging request at virtual address 12005456
pgd = 80004000
[12005456] *pgd=00000000
Internal error: Oops: 805 [#1] ARM`;
    const said = words(text);
    assert.match(said, /FSR +0x805: section translation fault: the first-level entry \(pgd\) is empty; on a write/);
    assert.match(said, /walk +pgd 144, pte 5, offset 0x456; the processor: first level 288, second level 5/);
    assert.match(said, /\*pgd +0x00000000: none: no section or page table here/);
  });
  test('a fetch: Linux sets bit 31; newer kernels say it in words', () => {
    const oops = one(
      'oops',
      'Unable to handle kernel paging request at virtual address 00003edc when execute\nInternal error: Oops: 80000005 [#1] SMP ARM',
    );
    assert.deepEqual(
      [oops['access'], part(oops, 'fsr', 'instruction'), part(oops, 'fsr', 'write')],
      ['execute', true, false],
    );
  });
  test('a program that faults', () => {
    const oops = one(
      'oops',
      'udpxy: unhandled page fault (11) at 0x00000000, code 0x017\npgd = b6b14000\n[00000000] *pgd=330cd835, *pte=00000000, *ppte=00000000',
    );
    assert.deepEqual([oops['comm'], oops['signal'], part(oops, 'fsr', 'domain')], ['udpxy', 'SIGSEGV', 1]);
    assert.match(words(oops.text), /^fault of a program on arm: unhandled page fault in user mode, on a read/);
  });
  test('pointers that are printed hashed', () => {
    const text =
      '[135992.726639] Unable to handle kernel NULL pointer dereference at virtual address 0000000c\npgd = 6f458410\n[0000000c] *pgd=0d3e2831, *pte=00000000, *ppte=00000000\nInternal error: Oops: 17 [#2] ARM';
    assert.match(words(text), /pgd +0x6f458410: no address: pointers are printed hashed since 4\.15/);
    assert.match(words(text), /oops #2: the first one matters most/);
  });
  test('a section, which Linux marks as bad', () => {
    assert.match(
      words('[c0008000] *pgd=8000141e(bad)'),
      /section of 1 MiB at 0x80000000, domain 0, AP 001 = kernel read-write, user none, TEX 1 C 1 B 1 = write-back, write-allocate, XN: not executable; marked \(bad\)/,
    );
  });
  test('what is no memory fault has no FSR', () => {
    const oops = one('oops', '[  1.0] Internal error: Oops - undefined instruction: 0 [#1] SMP ARM');
    assert.deepEqual(
      [oops['architecture'], oops['fsr'], oops['message']],
      ['arm', null, 'Oops - undefined instruction'],
    );
  });
});

describe('arm with LPAE', () => {
  const text = `Jan 15 18:51:07 4GB kernel: [435222.428754] Unable to handle kernel NULL pointer dereference at virtual address 00000100
Jan 15 18:51:07 4GB kernel: [435222.428776] pgd = cccd97ad
Jan 15 18:51:07 4GB kernel: [435222.428790] [00000100] *pgd=80000000004003, *pmd=00000000
Jan 15 18:51:07 4GB kernel: [435222.428822] Internal error: Oops: 207 [#1] SMP ARM`;
  test('bit 9 of the FSR says it', () => {
    const fsr = part(one('oops', text), 'fsr');
    assert.deepEqual(
      ['format', 'status', 'name', 'domain', 'write'].map(key => part(fsr, key)),
      ['long-descriptor', 7, 'level 3 translation fault', null, false],
    );
    assert.match(words(text), /bit 9 set: LPAE tables/);
    assert.doesNotMatch(words(text), /^ +walk/m, 'NULL and an offset need no walk');
    assert.deepEqual(part(one('oops', text), 'walks', 0, 'indexes'), { pgd: 0, pmd: 0, pte: 0 });
    assert.match(words(text), /\*pgd +0x80000000004003: page table at 0x4000, Linux: entry of swapper_pg_dir/);
  });
});

describe('arm64', () => {
  test('39-bit addresses, as the text says; two levels are folded', () => {
    const text = `[  402.108994] Unable to handle kernel paging request at virtual address 0000000800000022
[  402.108999] Mem abort info:
[  402.109001]   ESR = 0x96000005
[  402.109004]   Exception class = DABT (current EL), IL = 32 bits
[  402.109006]   SET = 0, FnV = 0
[  402.109008]   EA = 0, S1PTW = 0
[  402.109009] Data abort info:
[  402.109011]   ISV = 0, ISS = 0x00000005
[  402.109012]   CM = 0, WnR = 0
[  402.109017] user pgtable: 4k pages, 39-bit VAs, pgdp = 000000005f5d0f95
[  402.109019] [0000000800000022] pgd=0000000000000000, pud=0000000000000000
[  402.109025] Internal error: Oops: 96000005 [#1] PREEMPT SMP`;
    assert.deepEqual(kinds(text), ['oops']);
    const oops = one('oops', text);
    assert.deepEqual(part(oops, 'walks'), [
      { layout: 'arm64-4k-39', indexes: { pgd: 32, pmd: 0, pte: 0 }, offset: 0x22 },
    ]);
    assert.deepEqual(
      ['ec', 'ec_name', 'fsc', 'fsc_name', 'write', 'address_valid', 'instruction_bits'].map(key =>
        part(oops, 'esr', key),
      ),
      ['0x25', 'DABT (current EL)', '0x05', 'level 1 translation fault', false, true, 32],
    );
    assert.match(words(text), /address +0x0000000800000022: user address/);
    assert.match(words(text), /pud +0x0000000000000000: the same as pgd: this level is folded/);
    assert.match(words(text), /pgd +0x000000005f5d0f95: no address: pointers are printed hashed/);
  });
  test('16 KiB pages, 47 bits', () => {
    const text = `kernel: Unable to handle kernel paging request at virtual address ffffc04000004000
kernel: Mem abort info:
kernel:   ESR = 0x0000000096000005
kernel:   EC = 0x25: DABT (current EL), IL = 32 bits
kernel:   FSC = 0x05: level 1 translation fault
kernel: swapper pgtable: 16k pages, 47-bit VAs, pgdp=000000000148c000
kernel: [ffffc04000004000] pgd=0000000000000000
kernel: Internal error: Oops: 0000000096000005 [#2] PREEMPT SMP
kernel: CPU: 3 UID: 0 PID: 2266 Comm: containerd-shim Tainted: G      D            6.12.20+rpt-rpi-2712 #1  Debian`;
    const oops = one('oops', text);
    assert.deepEqual(part(oops, 'walks', 0, 'indexes'), { pgd: 1028, pmd: 0, pte: 1 });
    assert.deepEqual([oops['comm'], oops['pid'], oops.kernel], ['containerd-shim', 2266, '6.12']);
    assert.match(words(text), /pgd +0x000000000148c000: physical address of the top table/);
  });
  test('a write, and all the entries', () => {
    const text = `[  212.473177] Unhandled fault at 0xffff800010003eb0
[  212.480813]   ESR = 0x96000040
[  212.505551] swapper pgtable: 4k pages, 48-bit VAs, pgdp=00000000f1758000
[  212.512328] [ffff800010003eb0] pgd=000000237ffff003, p4d=000000237ffff003, pud=000000237fffe003, pmd=000000237fffd003, pte=0068002000155f03
[  212.525116] Internal error: ttbr address size fault: 96000040 [#1] SMP`;
    const oops = one('oops', text);
    assert.deepEqual(
      [oops['message'], oops['access'], part(oops, 'esr', 'write')],
      ['ttbr address size fault', 'write', true],
    );
    assert.deepEqual(part(oops, 'walks', 0, 'indexes'), { pgd: 256, pud: 0, pmd: 128, pte: 3 });
    assert.deepEqual(part(oops, 'entries', 4), {
      level: 'pte',
      raw: '0x0068002000155f03',
      type: 'page',
      points_to: '0x2000155000',
      attributes: [
        'AP 00 = kernel read-write, user none',
        'AF: accessed',
        'AttrIndx 0',
        'inner shareable',
        'nG: not global',
        'DBM: writable',
        'PXN: not executable by the kernel',
        'UXN: not executable by users',
      ],
      folded: false,
    });
    assert.deepEqual(
      [part(oops, 'entries', 1, 'folded'), part(oops, 'entries', 2, 'points_to')],
      [true, '0x237fffe000'],
    );
  });
  test('the kernel runs into a page that is not executable', () => {
    const text = `[    5.754943] Unable to handle kernel execute from non-executable memory at virtual address ffff6b2300abd400
[    5.767724]   ESR = 0x000000008600000f
[    5.788311] swapper pgtable: 4k pages, 48-bit VAs, pgdp=000000017cb63000
[    5.795186] [ffff6b2300abd400] pgd=0000000000000000, p4d=1800000f540ff403, pud=1800000f53ebc403, pmd=1800000f53eb6403, pte=0068000100abdf07
[    5.808037] Internal error: Oops: 000000008600000f [#1]  SMP`;
    const said = words(text);
    assert.match(said, /EC 0x21 IABT \(current EL\): instruction abort: the kernel itself fetched from there/);
    assert.match(said, /FSC +0x0f: level 3 permission fault: the entry forbids this access \(pte\)/);
    assert.match(said, /on an instruction fetch; oops #1/);
    assert.match(said, /pgd +0x0000000000000000: none, yet the walk goes on: this level is folded/);
    assert.match(said, /p4d +0x1800000f540ff403: page table at 0xf540ff000, PXNTable.*, UXNTable/);
  });
  test('programs, in the words of three ages', () => {
    const old = `[331956.720769] CG_A[7194]: unhandled level 2 translation fault (11) at 0x00000028, esr 0x92000006
[331956.720774] pgd = ffff810f19800000
[331956.724325] [00000028] *pgd=0000010f838de003, *pud=0000010f37302003, *pmd=0000000000000000`;
    const oops = one('oops', old);
    assert.deepEqual(
      [oops['architecture'], oops['comm'], oops['pid'], oops['signal'], part(oops, 'esr', 'ec_name')],
      ['arm64', 'CG_A', 7194, 'SIGSEGV', 'DABT (lower EL)'],
    );
    assert.match(words(old), /pud +0x0000010f37302003: page table at 0x10f37302000/);
    const newer =
      '[  374.669165] retroarch[1804]: unhandled exception: DABT (lower EL), ESR 0x92000006, level 2 translation fault in retroarch[400000+a1f000]';
    assert.deepEqual([one('oops', newer)['comm'], part(one('oops', newer), 'esr', 'fsc')], ['retroarch', '0x06']);
  });
  test('external aborts', () => {
    const text =
      '[ 41.676326] Unhandled fault: synchronous external abort (0x96000210) at 0xffffff8008066804\n[ 41.677599] Internal error: : 96000210 [#1] SMP';
    const oops = one('oops', text);
    assert.deepEqual(
      [part(oops, 'esr', 'fsc'), part(oops, 'esr', 'external'), oops['architecture']],
      ['0x10', true, 'arm64'],
    );
    assert.match(words(text), /FSC +0x10: synchronous external abort: the bus answered with an error/);
  });
  test('where the text does not say the layout, all that fit are told', () => {
    const layouts = (kernel?: string): unknown =>
      (
        one(
          'oops',
          'Unable to handle kernel paging request at virtual address ffffff8008066804\nInternal error: Oops: 96000007 [#1] SMP',
          kernel,
        )['walks'] as { layout: string }[]
      ).map(walk => walk.layout);
    assert.deepEqual(layouts('4.4'), [
      'arm64-4k-39',
      'arm64-4k-48',
      'arm64-16k-47',
      'arm64-16k-48',
      'arm64-64k-42',
      'arm64-64k-48',
    ]);
    assert.ok((layouts() as string[]).includes('arm64-64k-52'));
    assert.match(
      words(
        'Unable to handle kernel paging request at virtual address ffffff8008066804\nInternal error: Oops: 96000007 [#1] SMP',
        '4.4',
      ),
      /arm64-4k-39: pgd 0, pmd 64, pte 102, offset 0x804[^]*the text does not say which/,
    );
  });
  test('single registers', () => {
    assert.match(
      words('EC = 0x25: DABT (current EL), IL = 32 bits'),
      /EC +0x25 DABT \(current EL\): data abort: the kernel itself/,
    );
    assert.match(
      words('FSC = 0x06: level 2 translation fault'),
      /FSC +0x06: level 2 translation fault: the entry is empty/,
    );
    assert.match(words('ESR = 0xf2000800'), /BRK \(AArch64\)[^]*immediate 0x800: BUG\(\) or WARN\(\)/);
    assert.match(words('  ESR = 0x96000044'), /WnR 1: a write; FnV 0: the address is valid/);
    assert.match(words('ESR = 0x96000410'), /FnV 1: the address is not valid/);
  });
});

describe('nothing is guessed', () => {
  test('8 digits alone are taken for arm, and it is said; both layouts are told', () => {
    const said = words('Unable to handle kernel paging request at virtual address 00001010');
    assert.match(said, /Taken for arm, as the address has 8 digits/);
    assert.match(said, /arm-2level: pgd 0[^]*arm-lpae: pgd 0, pmd 0, pte 1/);
  });
  test('16 digits alone are of arm64 or another architecture', () => {
    const oops = one(
      'oops',
      '[38179.087918] Unable to handle kernel paging request at virtual address 00000061fed09482\n[38179.096079] Oops [#1]',
    );
    assert.deepEqual([oops['architecture'], oops['walks']], [null, []]);
  });
  test('lines of other architectures', () => {
    for (const line of [
      'CPU 0 Unable to handle kernel paging request at virtual address 00000000, epc == 80012345, ra == 80012344',
      'BUG: unable to handle kernel paging request at ffffffff81000000',
      'Oops: 0000 [#1] SMP PTI',
      'pgd = c0004000',
      'CM = 0, WnR = 1',
    ])
      assert.deepEqual(kinds(line), [], line);
  });
});

describe('who faulted', () => {
  const title = (text: string): string => words(text).split('\n')[0]!;
  test('only what proves it says kernel or program', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['Unhandled fault: alignment exception (0x001) at 0xbe8d5f1b', /^fault on arm: alignment exception, on a read$/],
      ['Unhandled prefetch abort: breakpoint debug exception (0x002) at 0x76e5a000', /^fault on arm: breakpoint/],
      [
        'Unhandled fault: alignment exception (0x801) at 0xc00d5f1b\nInternal error: : 801 [#1] ARM',
        /^kernel fault on arm/,
      ],
      ['Unhandled fault: alignment exception (0x001) at 0xbe8d5f1b\npsr: 60000010', /^fault of a program on arm/],
      ['Unhandled fault: alignment exception (0x001) at 0xc08d5f1b\npsr: 60000013', /^kernel fault on arm/],
      ['ESR = 0x92000006', /^fault of a program on arm64/],
      ['ESR = 0x96000006', /^kernel fault on arm64/],
      ['Unable to handle kernel paging request at virtual address 12005456', /^kernel fault on arm/],
    ];
    for (const [text, said] of cases) assert.match(title(text), said);
  });
});

describe('instruction fetches of arm', () => {
  test('the code of a prefetch abort is an IFSR', () => {
    const text = 'Unhandled prefetch abort: debug event (0x002) at 0x76e5a000';
    const oops = one('oops', text);
    assert.deepEqual(
      [oops['access'], part(oops, 'fsr', 'instruction'), part(oops, 'fsr', 'name')],
      ['execute', true, 'debug event'],
    );
    assert.match(words(text), /^fault on arm: debug event, on an instruction fetch/);
    assert.match(words(text), /FSR +0x002: debug event: breakpoint .*; on an instruction fetch \(IFSR\)/);
    assert.doesNotMatch(words(text), /watchpoint|on a read|WnR/);
  });
  test('LPAE', () => {
    const oops = one('oops', 'Unhandled prefetch abort: debug event (0x222) at 0x76e5a000');
    assert.deepEqual(
      [part(oops, 'fsr', 'instruction'), part(oops, 'fsr', 'format'), part(oops, 'fsr', 'name')],
      [true, 'long-descriptor', 'debug event'],
    );
  });
  test('no domain and no WnR', () => {
    const text =
      'Unable to handle kernel paging request at virtual address c0100000\nInternal error: Oops: 8000080d [#1] ARM';
    const fsr = part(one('oops', text), 'fsr');
    assert.deepEqual(
      ['domain', 'write', 'instruction', 'name'].map(key => part(fsr, key)),
      [null, false, true, 'section permission fault'],
    );
    assert.doesNotMatch(words(text), /domain \d/);
  });
});

describe('addresses that were not walked', () => {
  test('asynchronous aborts: the address need not belong', () => {
    for (const code of ['0x1406', '0xc06', '0x211']) {
      const text = `Unhandled fault: imprecise external abort (${code}) at 0x00000034`;
      assert.match(words(text), /address +0x00000034: need not be what was accessed: the abort is asynchronous/);
      assert.doesNotMatch(words(text), /beyond NULL|^ +walk/m);
      assert.deepEqual(one('oops', text)['walks'], []);
    }
  });
  test('FnV: the address is not valid', () => {
    const text = 'Unhandled fault: synchronous external abort (0x96000410) at 0x0000000000000034';
    assert.match(words(text), /address +0x0000000000000034: no address: FnV/);
    assert.deepEqual(one('oops', text)['walks'], []);
  });
  const LIST = `Unable to handle kernel paging request at virtual address dead000000000108
Mem abort info:
  ESR = 0x96000044
[dead000000000108] address between user and kernel address ranges
Internal error: Oops: 96000044 [#1] PREEMPT SMP`;
  test('neither TTBR: no entry was read, and what the poison is', () => {
    assert.deepEqual(kinds(LIST), ['oops']);
    const said = words(LIST);
    assert.match(said, /FSC +0x04: level 0 translation fault: the address is in no range, so no table entry was read/);
    assert.match(said, /address +0xdead000000000108: in neither range \(TTBR0/);
    assert.match(said, /LIST_POISON1 \+ 0x8: a list entry was used after list_del\(\)/);
    assert.doesNotMatch(said, /the entry is empty|^ +walk|no page-table layout/m);
    assert.deepEqual(one('oops', LIST)['walks'], []);
  });
  test('the address without its tag is the same one', () => {
    const tagged = LIST.replace('address dead', 'address 6b6b').replace('[dead', '[006b');
    assert.deepEqual(kinds(tagged), ['oops']);
    assert.equal(one('oops', tagged)['address'], '0x6b6b000000000108');
  });
  test('the address alone shows it', () => assert.match(words(LIST.replace(/^\[dead.*\n/m, '')), /in neither range/));
  test('poisons', () => {
    const of = (address: string): unknown =>
      one('oops', `Unable to handle kernel paging request at virtual address ${address}`)['poison'];
    const cases: readonly (readonly [string, RegExp])[] = [
      ['dead000000000100', /^LIST_POISON1: /],
      ['dead000000000122', /^LIST_POISON2: /],
      ['dead00000000012a', /^LIST_POISON2 \+ 0x8: /],
      ['dead000000100100', /^LIST_POISON1 before 4\.3: /],
      ['6b6b6b6b6b6b6b6b', /^POISON_FREE: freed slab memory/],
      ['6b6b6b6b6b6b6b83', /^POISON_FREE \+ 0x18: /],
      ['006b6b6b6b6b6b73', /^POISON_FREE \+ 0x8: /],
      ['5a5a5a5a5a5a5a5a', /^POISON_INUSE: /],
      ['6b6b6b6b', /^POISON_FREE: /],
      ['00100104', /^LIST_POISON1 of 32-bit kernels before 4\.3 \+ 0x4: /],
      ['00200200', /^LIST_POISON2 of 32-bit/],
    ];
    for (const [address, said] of cases) assert.match(String(of(address)), said);
    for (const address of ['6b6b6b6a', '0000000000000000', 'ffff000012345678', 'dead0000000000ff', '00101200'])
      assert.equal(of(address), null, address);
    assert.match(
      words('Unable to handle kernel NULL pointer dereference at virtual address 00000104'),
      /0x104 bytes beyond NULL: .*, or LIST_POISON1 \+ 0x4/,
    );
  });
  test('NULL has no walk; of many layouts only the common ones are told', () => {
    const near = words(
      'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010\n  ESR = 0x96000006',
    );
    assert.doesNotMatch(near, /^ +walk|arm64-4k/m);
    const far = words('Unable to handle kernel paging request at virtual address ffffff8008066804\n  ESR = 0x96000007');
    assert.deepEqual(
      [...far.matchAll(/(arm64-\d\dk?-\d\d|arm64-4k-\d\d):/g)].map(match => match[1]),
      ['arm64-4k-39', 'arm64-4k-48', 'arm64-16k-47'],
    );
    assert.match(far, /rarer layouts left out/);
  });
});

describe('registers', () => {
  test('the ESR of an SError and of a bad mode', () => {
    const serror = '[  1.2] SError Interrupt on CPU3, code 0x00000000bf000002 -- SError';
    const oops = one('oops', serror);
    assert.deepEqual(
      [oops['message'], oops['cpu'], oops['architecture'], part(oops, 'esr', 'ec_name')],
      ['SError interrupt', 3, 'arm64', 'SError'],
    );
    assert.match(words(serror), /ISS +IDS 1: the other bits are as each processor defines/);
    assert.match(words('SError Interrupt on CPU0, code 0x00000000be000411 -- SError'), /AET 1: unrecoverable/);
    const error = 'Bad mode in Error handler detected on CPU0, code 0xbf000000 -- SError';
    assert.equal(one('oops', error)['message'], 'bad mode in Error handler');
    const sync = 'Bad mode in Synchronous Abort handler detected, code 0x86000005';
    assert.deepEqual(
      [part(one('oops', sync), 'esr', 'ec'), part(one('oops', sync), 'esr', 'fsc'), one('oops', sync)['cpu']],
      ['0x21', '0x05', null],
    );
    assert.match(words(sync), /^kernel fault on arm64: bad mode in Synchronous Abort handler, on an instruction fetch/);
  });
  test('Control, psr and pstate', () => {
    const arm = words(
      'pc : [<c03fb768>]    lr : [<c03fdb28>]    psr: 60000013\nFlags: nZCv  IRQs on\nControl: 10c5387d  Table: 8a7cc06a  DAC: 00000051',
    );
    assert.match(arm, /^registers of arm$/m);
    // 0x10c5387d: bits 28, 23, 22, 18, 16, 13, 12, 11, 6 … 3, 2, 0
    assert.match(
      arm,
      /Control +0x10c5387d: M: MMU on, C: data cache on, Z: branch prediction on, I: instruction cache on, V: vectors at 0xffff0000, U, XP, TRE: TEX remap; clear: A/,
    );
    assert.match(arm, /psr +0x60000013: nZCv, IRQs on, FIQs on, mode SVC \(kernel\), ARM/);
    const user = words('psr: a00f0030');
    assert.match(user, /NzCv, IRQs on, FIQs on, mode user, Thumb/);
    assert.match(words('psr: 00000193'), /nzcv, IRQs masked, FIQs on, mode SVC \(kernel\), ARM/);
    const arm64 = words('pstate: 60400005 (nZCv daif +PAN -UAO)');
    assert.match(
      arm64,
      /^registers of arm64\n +pstate +0x60400005: nZCv, debug on, SError on, IRQs on, FIQs on, PAN, mode EL1h/,
    );
    assert.match(
      words('pstate: 804000c9 (Nzcv daIF +PAN -UAO)'),
      /Nzcv, debug on, SError on, IRQs masked, FIQs masked, PAN, mode EL2h/,
    );
    assert.equal(one('oops', 'pstate: 60000005 (nZCv daif -PAN -UAO)')['control'], null);
  });
});
