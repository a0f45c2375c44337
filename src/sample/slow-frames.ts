/** The answers of the slow-read helper as they come over its pipe: the script in `slow-helper` says how they look. */

/** One answer of the helper. */
export interface Frame {
  readonly bytes: Buffer;
  readonly truncated: boolean;
  /** Exit status of `cat`. */
  readonly status: number;
  /** Whether the folder of a file that could not be read is there. */
  readonly folderThere: boolean;
  /** The system's error text in the C locale. */
  readonly error: string;
}

/** Takes the stream apart into answers. */
export interface FrameParser {
  /** Takes what arrived and returns the answers that are complete. */
  push(chunk: Buffer): Frame[];
  /** What there is, cut to the limit, of the answer that is arriving. */
  partial(): Buffer;
  /** Bytes of the answer that is arriving, kept or not. */
  readonly received: number;
}

const NOTHING = Buffer.alloc(0);
const NEWLINE = 10;

/** Splits the helper's output into answers; keeps at most `maxBytes` of each. */
export function createFrameParser(token: string, maxBytes: number): FrameParser {
  const markerOf = (number: number) => Buffer.from(`${token} ${number} `, 'latin1');
  let number = 0;
  let marker = markerOf(number);
  let rest: Buffer = NOTHING;
  let kept: Buffer[] = [];
  let received = 0;

  const keep = (part: Buffer): void => {
    if (received < maxBytes && part.length > 0) kept.push(part.subarray(0, maxBytes - received));
    received += part.length;
  };
  const finish = (trailer: string): Frame => {
    const [status = '', folder = '', ...error] = trailer.split(' ');
    const frame = {
      bytes: Buffer.concat(kept),
      truncated: received > maxBytes,
      status: /^\d+$/.test(status) ? Number(status) : 127,
      folderThere: folder === '1',
      error: error.join(' '),
    };
    kept = [];
    received = 0;
    marker = markerOf(++number);
    return frame;
  };
  /** The next complete answer in `rest`, which shrinks. */
  const next = (): Frame | null => {
    const at = rest.indexOf(marker);
    const content = at < 0 ? Math.max(0, rest.length - marker.length + 1) : at;
    keep(rest.subarray(0, content));
    rest = rest.subarray(content);
    const end = at < 0 ? -1 : rest.indexOf(NEWLINE);
    if (end < 0) return null;
    const trailer = rest.toString('latin1', marker.length, end);
    rest = rest.subarray(end + 1);
    return finish(trailer);
  };

  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const frames: Frame[] = [];
      for (let frame = next(); frame !== null; frame = next()) frames.push(frame);
      return frames;
    },
    partial: () => Buffer.concat(kept),
    get received() {
      return received + rest.length;
    },
  };
}
