/** Random TOML documents as people write them, with all that an editor must leave alone. */
import fc from 'fast-check';

const blank = fc.constantFrom('', ' ', '  ', '\t');
const words = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', ' ', 'ü', '🐢', '=', '[', ']', '"', "'", '#', ','),
  maxLength: 12,
});
const comment = words.map(text => `#${text}`);
const bareKey = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', '_', '1'), minLength: 1, maxLength: 3 });
const key = fc.oneof(
  { weight: 4, arbitrary: bareKey },
  { weight: 1, arbitrary: words.map(text => JSON.stringify(text)) },
  { weight: 1, arbitrary: words.map(text => `'${text.replaceAll("'", '')}'`) },
);
const scalar = fc.oneof(
  fc.constantFrom('1', '-2.5', '0x1f', '1e3', 'true', 'inf', '1979-05-27', '07:32:00'),
  words.map(text => JSON.stringify(text)),
  words.map(text => `'${text.replaceAll("'", '')}'`),
  words.map(text => `"""\n${text.replaceAll('"', '')}\n# no comment\nx = 1"""`),
  words.map(text => `'''${text.replaceAll("'", '')}\n[no.table]\n'''`),
);
const longList = fc
  .array(fc.tuple(fc.option(comment, { nil: '' }), scalar, fc.option(comment, { nil: '' })), { maxLength: 4 })
  .map(items => `[\n${items.map(([above, value, behind]) => `${above}\n  ${value}, ${behind}\n`).join('')}]`);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }).map(list => `[${list.join(', ')}]`) },
  { weight: 1, arbitrary: longList },
  { weight: 1, arbitrary: fc.tuple(bareKey, scalar).map(([name, inside]) => `{ ${name} = ${inside} }`) },
);
const pair = fc
  .tuple(blank, fc.array(key, { minLength: 1, maxLength: 2 }), blank, value, fc.option(comment, { nil: '' }))
  .map(([indent, keys, gap, said, behind]) => `${indent}${keys.join('.')}${gap}=${gap}${said} ${behind}`);
const header = fc
  .tuple(fc.array(key, { minLength: 1, maxLength: 2 }), fc.boolean(), fc.option(comment, { nil: '' }))
  .map(([keys, many, behind]) => `${many ? '[[' : '['}${keys.join('.')}${many ? ']]' : ']'} ${behind}`);
const line = fc.oneof(
  { weight: 4, arbitrary: pair },
  { weight: 2, arbitrary: header },
  { weight: 2, arbitrary: fc.tuple(blank, comment).map(parts => parts.join('')) },
  { weight: 2, arbitrary: blank },
);

/** Not all of them are TOML: a name may be said twice. */
export const documents = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), fc.boolean())
  .map(([lines, eol, ends, mark]) => {
    const text = lines.join('\n') + (ends ? '\n' : '');
    return (mark ? '\ufeff' : '') + text.replaceAll('\n', eol);
  });
