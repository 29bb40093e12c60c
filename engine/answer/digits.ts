/** The zeros of the digits that other scripts have, each before its one to nine; those in full width last. */
const zeros = [
  0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040,
  0x17e0, 0x1810, 0xff10,
];
const plain = new Map<string, string>([
  ...zeros.flatMap((zero) =>
    Array.from({ length: 10 }, (_, value) => [String.fromCodePoint(zero + value), String(value)] as const),
  ),
  ...[..."％＄￡￥．：－"].map((sign) => [sign, sign.normalize("NFKC")] as const),
]);
const other = new RegExp(`[${[...plain.keys()].join("")}]`, "g");

/** A text with all digits, and the signs that go with them, as English writes them. Each stays in its place. */
export function plainDigits(text: string): string {
  return text.replace(other, (sign) => plain.get(sign) ?? sign);
}
