// Draws the pictures of the README: the real program in a pseudoterminal, on a captured machine, as SVG.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import unicode11 from '@xterm/addon-unicode11';

const root = fileURLToPath(new URL('..', import.meta.url));
const CAPTURE = 'test/fixtures/debian12-arm64-6.1/proc.tar.gz';
const CELL = { width: 8.4, height: 17 };
const COLORS = { foreground: '#d0d0d0', background: '#16181d' };
const PALETTE = [
  '#2e3436 #e05561 #8cc265 #d18f52 #4aa5f0 #c162de #42b3c2 #d7dae0',
  '#6b7280 #ff616e #a5e075 #f0a45d #4dc4ff #de73ff #4cd1e0 #ffffff',
].flatMap(line => line.split(' '));

/** The 256-colour cube and greys, as xterm has them. */
function color(index) {
  if (index < 16) return PALETTE[index];
  const level = part => (part === 0 ? 0 : 55 + part * 40);
  const [r, g, b] =
    index < 232
      ? [Math.floor((index - 16) / 36), Math.floor((index - 16) / 6) % 6, (index - 16) % 6].map(level)
      : Array(3).fill(8 + (index - 232) * 10);
  return `rgb(${r},${g},${b})`;
}

const escape = text => text.replace(/[&<>]/g, sign => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]);

function look(cell) {
  const foreground = cell.isFgDefault() ? COLORS.foreground : color(cell.getFgColor());
  const background = cell.isBgDefault() ? undefined : color(cell.getBgColor());
  return cell.isInverse()
    ? { foreground: background ?? COLORS.background, background: foreground, bold: cell.isBold() }
    : { foreground, background, bold: cell.isBold() };
}

/** One line as runs of the same look. */
function runs(line, columns) {
  const out = [];
  for (let x = 0; x < columns; x++) {
    const cell = line.getCell(x);
    const { foreground, background, bold } = look(cell);
    const last = out.at(-1);
    const text = cell.getChars() || ' ';
    if (last && last.foreground === foreground && last.background === background && last.bold === bold)
      last.text += text;
    else out.push({ x, text, foreground, background, bold });
  }
  return out;
}

function svg(terminal) {
  const { cols, rows, buffer } = terminal;
  const width = cols * CELL.width + 16;
  const height = rows * CELL.height + 16;
  const parts = [];
  for (let y = 0; y < rows; y++) {
    for (const { x, text, foreground, background, bold } of runs(buffer.active.getLine(y), cols)) {
      const left = (8 + x * CELL.width).toFixed(1);
      const top = 8 + y * CELL.height;
      const cells = (text.length * CELL.width).toFixed(1);
      if (background)
        parts.push(`<rect x="${left}" y="${top}" width="${cells}" height="${CELL.height}" fill="${background}"/>`);
      if (text.trim() === '') continue;
      parts.push(
        `<text x="${left}" y="${top + 13}" fill="${foreground}"${bold ? ' font-weight="bold"' : ''} textLength="${cells}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">${escape(text)}</text>`,
      );
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width.toFixed(0)}" height="${height}" viewBox="0 0 ${width.toFixed(0)} ${height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">`,
    `<rect width="100%" height="100%" rx="6" fill="${COLORS.background}"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** Runs the monitor, presses keys, and returns what the terminal shows when `sign` is on it. */
async function picture(file, { columns, rows, steps }) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  terminal.loadAddon(new unicode11.Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  const env = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    TZ: 'UTC',
    XDG_CONFIG_HOME: '/nonexistent',
  };
  const program = pty.spawn(process.execPath, ['bin/taskscope.js', '--proc', CAPTURE, '-d', '0.2'], {
    cols: columns,
    rows,
    cwd: root,
    env,
  });
  program.onData(data => terminal.write(data));
  terminal.onData(data => program.write(data));
  const text = () =>
    Array.from({ length: rows }, (_, y) => terminal.buffer.active.getLine(y)?.translateToString(true) ?? '').join('\n');
  for (const [sign, keys] of steps) {
    for (let waited = 0; !sign.test(text()); waited += 20) {
      if (waited > 10_000) throw new Error(`no ${sign} in\n${text()}`);
      await delay(20);
    }
    if (keys) program.write(keys);
  }
  await writeFile(`${root}docs/${file}`, svg(terminal));
  program.kill('SIGKILL');
}

await picture('screen.svg', { columns: 120, rows: 24, steps: [[/\n *\d+ .* R .* \d\d\.\d /]] });
await picture('flags.svg', {
  columns: 120,
  rows: 45,
  steps: [[/\n *\d+ .* R .* \d\d\.\d /, '\r'], [/OVERVIEW/, '2'], [/0x00400000  R      RANDOMIZE/]],
});
process.exit(0);
