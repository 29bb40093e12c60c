/** Vectors that are held in memory at most: of 384 bytes each, with their hashes, some 50 MB. */
const mostHeld = 100_000;
const firstRoom = 1_024;

/** Vectors of bytes by the hash of their text, side by side in one array, as many as there is room for. */
export class HeldVectors {
  readonly limit: number;
  private readonly dimension: number;
  private readonly rowOf = new Map<string, number>();
  private bytes = new Int8Array(0);

  constructor(dimension: number, limit = mostHeld) {
    this.dimension = dimension;
    this.limit = limit;
  }

  get isFull(): boolean {
    return this.rowOf.size >= this.limit;
  }

  /** The vector as it is held, not a copy; undefined when it is not. */
  get(hash: string): Int8Array | undefined {
    const row = this.rowOf.get(hash);
    if (row === undefined) return undefined;
    return this.bytes.subarray(row * this.dimension, (row + 1) * this.dimension);
  }

  /** Holds a vector, unless all room is taken. */
  add(hash: string, vector: Int8Array): void {
    const row = this.rowOf.get(hash) ?? this.rowOf.size;
    if (row >= this.limit) return;
    const end = (row + 1) * this.dimension;
    if (end > this.bytes.length) {
      const room = Math.min(this.limit, Math.max(firstRoom, row * 2)) * this.dimension;
      const larger = new Int8Array(Math.max(end, room));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(vector, row * this.dimension);
    this.rowOf.set(hash, row);
  }

  clear(): void {
    this.rowOf.clear();
    this.bytes = new Int8Array(0);
  }
}
