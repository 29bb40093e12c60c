import type { Pooling } from "./registry.ts";

/** A model's output: one vector a text ([texts, dimension]) or one a token ([texts, tokens, dimension]). */
export interface Layer {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/**
 * One vector of unit length for each text. `mask` has a 1n for each token and a 0n for padding, of the shape
 * [texts, tokens]; an output that has one vector a text already is only normalised.
 */
export function pool(layer: Layer, mask: BigInt64Array, pooling: Pooling): Float32Array[] {
  const [texts = 0, tokens = 0] = layer.dims;
  const dimension = layer.dims.at(-1) ?? 0;
  const out: Float32Array[] = [];
  for (let text = 0; text < texts; text++) {
    if (layer.dims.length === 2) {
      out.push(normalise(layer.data.slice(text * dimension, (text + 1) * dimension)));
      continue;
    }
    const real: number[] = [];
    for (let token = 0; token < tokens; token++) if (mask[text * tokens + token] === 1n) real.push(token);
    const used = pooling === "mean" ? real : [(pooling === "cls" ? real[0] : real.at(-1)) ?? 0];
    const sum = new Float32Array(dimension);
    for (const token of used) {
      const start = (text * tokens + token) * dimension;
      for (let i = 0; i < dimension; i++) sum[i] = (sum[i] ?? 0) + (layer.data[start + i] ?? 0);
    }
    out.push(normalise(sum));
  }
  return out;
}

/** Makes a vector one of unit length, in place; zeros stay zeros. */
export function normalise(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return vector;
  const factor = 1 / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) * factor;
  return vector;
}
