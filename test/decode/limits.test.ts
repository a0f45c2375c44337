import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeLimits } from '../../src/decode/limits.ts';
import { bytes } from '../support/stat-line.ts';

// of a 6.18 kernel
const FILE = `\
Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max file size             unlimited            unlimited            bytes     
Max data size             unlimited            unlimited            bytes     
Max stack size            8388608              unlimited            bytes     
Max core file size        0                    unlimited            bytes     
Max resident set          unlimited            unlimited            bytes     
Max processes             96365                96365                processes 
Max open files            20000                524288               files     
Max locked memory         8388608              8388608              bytes     
Max address space         unlimited            unlimited            bytes     
Max file locks            unlimited            unlimited            locks     
Max pending signals       96365                96365                signals   
Max msgqueue size         819200               819200               bytes     
Max nice priority         0                    0                    
Max realtime priority     0                    99                   
Max realtime timeout      unlimited            unlimited            us        
`;

test('the table of a 6.18 kernel', () => {
  const limits = decodeLimits(bytes(FILE));
  assert.equal(limits.length, 16);
  const by = (name: string) => limits.find(limit => limit.name === name)!;
  assert.equal(by('Max open files').soft, '20000');
  assert.equal(by('Max open files').hard, '524288');
  assert.equal(by('Max open files').unit, 'files');
  assert.equal(by('Max open files').fact!.resource, 'RLIMIT_NOFILE');
  assert.equal(by('Max stack size').hard, 'unlimited');
  assert.equal(by('Max nice priority').unit, '');
  assert.equal(by('Max realtime priority').hard, '99');
  assert.equal(by('Max realtime timeout').unit, 'us');
  const resources = limits.map(limit => limit.fact?.resource);
  assert.equal(new Set(resources).size, 16, 'each has its own');
  assert.ok(!resources.includes(undefined));
});

test('64 bits stay exact; names that are not known are kept', () => {
  assert.deepEqual(
    decodeLimits(bytes('Max address space         18446744073709551614 18446744073709551614 bytes     \n'))[0],
    {
      name: 'Max address space',
      soft: '18446744073709551614',
      hard: '18446744073709551614',
      unit: 'bytes',
      fact: { resource: 'RLIMIT_AS', meaning: 'virtual size' },
    },
  );
  assert.deepEqual(
    decodeLimits(bytes('Max of things             1                    2                    things    \n')),
    [{ name: 'Max of things', soft: '1', hard: '2', unit: 'things' }],
  );
  assert.equal(decodeLimits(bytes('constructor  1 2\n'))[0]!.fact, undefined);
});

test('cut off and malformed', () => {
  assert.deepEqual(decodeLimits(bytes('')), []);
  assert.equal(decodeLimits(bytes(FILE.slice(0, 79 * 3 + 60))).length, 2, 'a number may be cut off');
  for (const line of ['Max cpu time              unlim', 'Max cpu time  -1 2', '  1 2', 'a 1 2'])
    assert.deepEqual(decodeLimits(bytes(line + '\n')), [], line);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), data => Array.isArray(decodeLimits(data))));
});
