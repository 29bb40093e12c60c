/**
 * Adds `factor` times the vector of a word that no vocabulary holds: ±1/√dimension in every place, drawn from
 * a generator that the word itself seeds. Two different words are nearly orthogonal, the same word is the same
 * everywhere, and nothing is stored. scripts/train/hashedRow.py does the same, bit for bit.
 * @param sum A multiple of 32 places.
 */
export function addHashedRow(sum: Float32Array, word: string, factor: number): void {
  const value = factor / Math.sqrt(sum.length);
  let state = fnv1a(word);
  for (let start = 0; start < sum.length; start += 32) {
    state = mix((state + 0x9e3779b9) >>> 0);
    for (let bit = 0; bit < 32; bit++) {
      const at = start + bit;
      sum[at] = (sum[at] ?? 0) + ((state >>> bit) & 1 ? value : -value);
    }
  }
}

/** FNV-1a over the UTF-16 code units. */
function fnv1a(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The finaliser of MurmurHash3: every bit of the state changes every bit of the result. */
function mix(state: number): number {
  let x = state ^ (state >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
