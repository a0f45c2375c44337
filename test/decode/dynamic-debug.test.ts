import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeDynamicDebug } from '../../src/decode/dynamic-debug.ts';
import { bytes } from '../support/stat-line.ts';

const CONTROL = `# filename:lineno [module]function flags format
init/main.c:1179 [main]initcall_blacklist =p "blacklisting initcall %s\\n"
drivers/usb/core/hub.c:200 [usbcore]hub_events =pmfl "say \\"hub\\"\\012"
drivers/usb/core/hub.c:300 [usbcore]hub_quiesce =_ "quiesce =p\\012"
drivers/gpu/drm/drm_vblank.c:12 [drm]drm_vblank.part.0 =p "vbl %d" class:DRM_UT_VBL
net/core/dev.c:7 [dev]x =flmt "everything but printing"
`;

test('sites are counted, and those that print are listed', () => {
  const { sites, enabled } = decodeDynamicDebug(bytes(CONTROL));
  assert.equal(sites, 5);
  assert.deepEqual(enabled, [
    {
      place: 'init/main.c:1179',
      module: 'main',
      function: 'initcall_blacklist',
      flags: 'p',
      format: 'blacklisting initcall %s\\n',
    },
    {
      place: 'drivers/usb/core/hub.c:200',
      module: 'usbcore',
      function: 'hub_events',
      flags: 'pmfl',
      format: 'say \\"hub\\"\\012',
    },
    {
      place: 'drivers/gpu/drm/drm_vblank.c:12',
      module: 'drm',
      function: 'drm_vblank.part.0',
      flags: 'p',
      format: 'vbl %d',
      class: 'DRM_UT_VBL',
    },
  ]);
});

test('a file that was cut off, and other text', () => {
  for (const cut of ['a.c:1 [m]f =p "half of a mess', 'a.c:1 [m]f =', 'a.c:1 [m]f =\n'])
    assert.deepEqual(decodeDynamicDebug(bytes(cut)), { sites: 0, enabled: [] });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), any => {
      const found = decodeDynamicDebug(any);
      assert.ok(found.enabled.length <= found.sites);
    }),
  );
});
