import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeKernelConfig } from '../../src/decode/kernel-config.ts';

const decode = (...lines: readonly string[]) => decodeKernelConfig(lines.join('\n') + '\n');

test('x86_64: CONFIG_X86_5LEVEL, or the levels where the option is gone', () => {
  assert.deepEqual(decode('CONFIG_X86_64=y', 'CONFIG_X86_5LEVEL=y', 'CONFIG_PGTABLE_LEVELS=5'), { x86FiveLevel: true });
  assert.deepEqual(decode('CONFIG_X86_64=y', '# CONFIG_X86_5LEVEL is not set', 'CONFIG_PGTABLE_LEVELS=4'), {
    x86FiveLevel: false,
  });
  // 6.18 and 4.4
  assert.deepEqual(decode('# Linux/x86 6.18.44 Kernel Configuration', 'CONFIG_X86_64=y', 'CONFIG_PGTABLE_LEVELS=5'), {
    x86FiveLevel: true,
  });
  assert.deepEqual(decode('CONFIG_X86_64=y', 'CONFIG_PGTABLE_LEVELS=4'), { x86FiveLevel: false });
  assert.deepEqual(decode('CONFIG_X86_64=y'), {}, 'not said');
});

test('i386 and arm: extension and split', () => {
  assert.deepEqual(
    decode('# CONFIG_64BIT is not set', 'CONFIG_X86_32=y', 'CONFIG_PAGE_OFFSET=0xC0000000', 'CONFIG_X86_PAE=y'),
    { i386Pae: true, pageOffset: 0xc0000000n },
  );
  assert.deepEqual(decode('CONFIG_X86_32=y', 'CONFIG_PGTABLE_LEVELS=2'), { i386Pae: false });
  assert.deepEqual(decode('CONFIG_ARM=y', '# CONFIG_ARM_LPAE is not set', 'CONFIG_PAGE_OFFSET=0x80000000'), {
    armLpae: false,
    pageOffset: 0x80000000n,
  });
  assert.deepEqual(decode('CONFIG_ARM=y', 'CONFIG_PGTABLE_LEVELS=3'), { armLpae: true });
});

test('arm64: VA bits, 52 for user addresses alone in 5.0 to 5.3', () => {
  const arm64 = ['CONFIG_ARM64=y', 'CONFIG_PGTABLE_LEVELS=3'];
  assert.deepEqual(decode(...arm64, 'CONFIG_ARM64_VA_BITS_39=y', 'CONFIG_ARM64_VA_BITS=39'), { arm64VaBits: 39 });
  assert.deepEqual(decode(...arm64, 'CONFIG_ARM64_VA_BITS=48', 'CONFIG_ARM64_USER_VA_BITS_52=y'), { arm64VaBits: 52 });
  assert.deepEqual(decode(...arm64, '# CONFIG_ARM64_USER_VA_BITS_52 is not set', 'CONFIG_ARM64_VA_BITS=48'), {
    arm64VaBits: 48,
  });
});

test('only whole lines count, and other text says nothing', () => {
  assert.deepEqual(decodeKernelConfig('CONFIG_X86_64=y\r\nCONFIG_X86_5LEVEL=y\r\n'), { x86FiveLevel: true }, 'CR LF');
  assert.deepEqual(
    decode('#CONFIG_X86_64=y', ' CONFIG_X86_64=y', 'CONFIG_X86_64=m', 'XCONFIG_ARM=y', 'CONFIG_ARMX=y'),
    {},
  );
  assert.deepEqual(
    decode('CONFIG_ARM64_VA_BITS=lots', 'CONFIG_PAGE_OFFSET=0xffffffff80000000', 'CONFIG_PAGE_OFFSET='),
    {},
  );
  assert.deepEqual(decodeKernelConfig(''), {});
});
