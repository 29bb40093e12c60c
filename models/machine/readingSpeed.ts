/** Larger than any cache together with the other processes' parts, and enough pieces to leave the disturbed ones out. */
const pieceBytes = 4_000_000;

/** Memory to be read: written once, since what nobody has written is one and the same empty page for the system. */
export function fill(bytes: number): Buffer {
  return Buffer.alloc(bytes, 1);
}

/**
 * How fast this process reads memory, in bytes a second: a byte that is not there is looked for, which Node does
 * with the C library's fastest loop. A loop in JavaScript comes to a fifth of it. Pieces in which another program had the
 * processor are slow: the rate that a quarter of them surpass counts.
 */
export function readingSpeed(buffer: Buffer, ms: number): number {
  const rates: number[] = [];
  const end = performance.now() + ms;
  for (let at = 0; performance.now() < end || rates.length < 4; at += pieceBytes) {
    if (at + pieceBytes > buffer.length) at = 0;
    const piece = buffer.subarray(at, at + pieceBytes);
    const started = performance.now();
    piece.indexOf(2);
    rates.push((piece.length * 1000) / Math.max(performance.now() - started, 0.001));
  }
  rates.sort((a, b) => a - b);
  return rates[Math.floor(rates.length * 0.75)] ?? 0;
}
