/** A slow line: a TCP relay that lets so many bits a second through and delays them, both ways. */
import { once } from 'node:events';
import net from 'node:net';

/** The line sends as much at once as it takes in this time. */
const STEP_MS = 10;

/**
 * One direction. It takes everything at once, like a line with endless buffers: what was sent and has not arrived is
 * `waiting`, and nothing waits anywhere else.
 */
class Direction {
  waiting = 0;
  most = 0;
  passed = 0;
  #parts = [];
  #free = 0;

  constructor({ bitsPerSecond, rttMs }, to, line) {
    this.bytesPerMs = bitsPerSecond / 8000;
    this.delayMs = rttMs / 2;
    this.to = to;
    this.line = line;
  }

  take(chunk) {
    const step = Math.max(16, Math.floor(this.bytesPerMs * STEP_MS));
    this.waiting += chunk.length;
    this.most = Math.max(this.most, this.waiting);
    for (let at = 0; at < chunk.length; at += step) {
      const part = chunk.subarray(at, at + step);
      this.#free = Math.max(this.#free, performance.now()) + part.length / this.bytesPerMs;
      this.#parts.push({ part, at: this.#free + this.delayMs });
    }
    if (!this.timer) this.#deliver();
  }

  #deliver() {
    const now = performance.now();
    while (this.#parts[0]?.at <= now && !this.line.stalled) {
      const { part } = this.#parts.shift();
      this.waiting -= part.length;
      this.passed += part.length;
      if (!this.to.destroyed) this.to.write(part);
    }
    const [next] = this.#parts;
    const wait = this.line.stalled ? 50 : Math.max(1, (next?.at ?? 0) - now);
    this.timer = next && setTimeout(() => this.#deliver(), wait);
  }
}

/** `down` is towards the terminal. */
export class Line {
  stalled = false;
  #sockets = [];
  #server;

  constructor(speed, targetPort) {
    this.#server = net.createServer({ noDelay: true }, near => {
      const far = net.connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
      this.#sockets.push(near, far);
      this.down = new Direction(speed, near, this);
      this.up = new Direction(speed, far, this);
      near.on('data', chunk => this.up.take(chunk));
      far.on('data', chunk => this.down.take(chunk));
      for (const [one, other] of [
        [near, far],
        [far, near],
      ]) {
        one.on('error', () => undefined);
        one.on('close', () => other.destroy());
      }
    });
  }

  async open() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.#server.address().port;
  }

  /** How a line ends: `close`, `reset`, or `stall`: nothing passes any more and nobody is told. */
  cut(how) {
    if (how === 'stall') {
      this.stalled = true;
      for (const socket of this.#sockets) socket.pause();
    } else for (const socket of this.#sockets) how === 'reset' ? socket.resetAndDestroy() : socket.destroy();
  }

  close() {
    this.cut('close');
    this.#server.close();
  }
}
