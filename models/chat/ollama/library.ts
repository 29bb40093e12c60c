import type { WellKnownModel } from "../wellKnown.ts";
import { recommendedModel } from "./recommended.ts";

const apache = "Apache-2.0";
const llama = "Llama 3.2 Community License";

/**
 * Well-known models of Ollama's library, from small to large. Layers, key-value heads and the size of a head are those of each
 * model's config.json (num_hidden_layers, num_key_value_heads, head_dim) at its maker's on Hugging Face; parameters
 * and licences those of its model card; names and sizes those of the tags on ollama.com/library/qwen3, /llama3.2
 * and /phi4 (2026-11), which round to two digits. Models whose context does not grow evenly (sliding windows,
 * as Gemma 3 and gpt-oss have them) are left out: this reckoning would be wrong for them.
 */
export const library: readonly WellKnownModel[] = [
  {
    ...{ parameters: 0.75e9, layers: 28, kvHeads: 8, headSize: 128, contextLength: 40_960 },
    ...{ instruct: false, licence: apache },
    files: [
      { name: "qwen3:0.6b", quantization: "Q4_K_M", bytes: 0.52e9 },
      { name: "qwen3:0.6b-q8_0", quantization: "Q8_0", bytes: 0.83e9 },
    ],
  },
  {
    ...{ parameters: 1.24e9, layers: 16, kvHeads: 8, headSize: 64, contextLength: 131_072 },
    ...{ instruct: true, licence: llama },
    files: [
      { name: "llama3.2:1b", quantization: "Q8_0", bytes: 1.3e9 },
      { name: "llama3.2:1b-instruct-q4_K_M", quantization: "Q4_K_M", bytes: 0.81e9 },
    ],
  },
  {
    ...{ parameters: 2.03e9, layers: 28, kvHeads: 8, headSize: 128, contextLength: 40_960 },
    ...{ instruct: false, licence: apache },
    files: [
      { name: "qwen3:1.7b", quantization: "Q4_K_M", bytes: 1.4e9 },
      { name: "qwen3:1.7b-q8_0", quantization: "Q8_0", bytes: 2.2e9 },
    ],
  },
  {
    ...{ parameters: 3.21e9, layers: 28, kvHeads: 8, headSize: 128, contextLength: 131_072 },
    ...{ instruct: true, licence: llama },
    files: [
      { name: "llama3.2:3b", quantization: "Q4_K_M", bytes: 2.0e9 },
      { name: "llama3.2:3b-instruct-q8_0", quantization: "Q8_0", bytes: 3.4e9 },
    ],
  },
  {
    ...{ parameters: 4.02e9, layers: 36, kvHeads: 8, headSize: 128, contextLength: 262_144 },
    ...{ instruct: true, licence: apache },
    files: [
      { ...recommendedModel, quantization: "Q4_K_M" },
      { name: "qwen3:4b-instruct-2507-q8_0", quantization: "Q8_0", bytes: 4.3e9 },
    ],
  },
  {
    ...{ parameters: 8.19e9, layers: 36, kvHeads: 8, headSize: 128, contextLength: 40_960 },
    ...{ instruct: false, licence: apache },
    files: [
      { name: "qwen3:8b", quantization: "Q4_K_M", bytes: 5.2e9 },
      { name: "qwen3:8b-q8_0", quantization: "Q8_0", bytes: 8.9e9 },
    ],
  },
  {
    ...{ parameters: 14.7e9, layers: 40, kvHeads: 10, headSize: 128, contextLength: 16_384 },
    ...{ instruct: true, licence: "MIT" },
    files: [
      { name: "phi4:14b", quantization: "Q4_K_M", bytes: 9.1e9 },
      { name: "phi4:14b-q8_0", quantization: "Q8_0", bytes: 16e9 },
    ],
  },
  {
    ...{ parameters: 14.8e9, layers: 40, kvHeads: 8, headSize: 128, contextLength: 40_960 },
    ...{ instruct: false, licence: apache },
    files: [
      { name: "qwen3:14b", quantization: "Q4_K_M", bytes: 9.3e9 },
      { name: "qwen3:14b-q8_0", quantization: "Q8_0", bytes: 16e9 },
    ],
  },
  {
    ...{ parameters: 30.5e9, activeParameters: 3.3e9, layers: 48, kvHeads: 4, headSize: 128 },
    ...{ contextLength: 262_144, instruct: true, licence: apache },
    files: [
      { name: "qwen3:30b-instruct", quantization: "Q4_K_M", bytes: 19e9 },
      { name: "qwen3:30b-a3b-instruct-2507-q8_0", quantization: "Q8_0", bytes: 32e9 },
    ],
  },
  {
    ...{ parameters: 32.8e9, layers: 64, kvHeads: 8, headSize: 128, contextLength: 40_960 },
    ...{ instruct: false, licence: apache },
    files: [
      { name: "qwen3:32b", quantization: "Q4_K_M", bytes: 20e9 },
      { name: "qwen3:32b-q8_0", quantization: "Q8_0", bytes: 35e9 },
    ],
  },
];
