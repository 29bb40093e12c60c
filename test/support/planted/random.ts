import { createHash } from "node:crypto";

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const lower = upper.toLowerCase();
const digits = "0123456789";

const alphabets = {
  digits,
  lower,
  upper: `${upper}${digits}`,
  lowerDigits: `${lower}${digits}`,
  base62: `${upper}${lower}${digits}`,
  base64: `${upper}${lower}${digits}+/`,
  base64url: `${upper}${lower}${digits}_-`,
  base32: `${upper}234567`,
  base32lower: `${lower}234567`,
  bcrypt: `./${upper}${lower}${digits}`,
  bech32: "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
  hex: `${digits}abcdef`,
  hexUpper: `${digits}ABCDEF`,
};

type Alphabet = keyof typeof alphabets;

/** A source of random values with a seed: the same seed gives the same values in the same order. */
export interface Random {
  /** An integer from 0 to `end` - 1. */
  below(end: number): number;
  pick<T>(from: readonly T[]): T;
  /** A word of so many letters of an alphabet. */
  word(alphabet: Alphabet, length: number): string;
  bytes(length: number): Buffer;
  uuid(): string;
}

export function random(seed: string): Random {
  let counter = 0;
  let pool: Buffer = Buffer.alloc(0);
  let at = 0;
  const byte = (): number => {
    if (at >= pool.length) {
      pool = createHash("sha256").update(`${seed}:${counter++}`).digest();
      at = 0;
    }
    return pool[at++] ?? 0;
  };
  const below = (end: number): number => ((byte() * 256 + byte()) * 256 + byte()) % end;
  const word = (alphabet: Alphabet, length: number): string => {
    const letters = alphabets[alphabet];
    return Array.from({ length }, () => letters.charAt(below(letters.length))).join("");
  };
  return {
    below,
    word,
    pick<T>(from: readonly T[]): T {
      const picked = from[below(from.length)];
      if (picked === undefined) throw new Error("Nothing to pick from.");
      return picked;
    },
    bytes: (length) => Buffer.from(Array.from({ length }, byte)),
    uuid: () => {
      const hex = word("hex", 32);
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  };
}
