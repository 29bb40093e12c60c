/** The Symbol font's letters, from "A" and from "a" on. */
const symbolUpper = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
const symbolLower = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
/** Other signs of the Symbol font that texts have. */
const symbols: Readonly<Record<number, string>> = {
  163: "≤",
  165: "∞",
  174: "→",
  172: "←",
  176: "°",
  177: "±",
  179: "≥",
  180: "×",
  183: "•",
  184: "÷",
  185: "≠",
  187: "≈",
  214: "√",
  229: "∑",
  242: "∫",
  210: "®",
  211: "©",
  212: "™",
};
/** Boxes, ticks and arrows of the Wingdings fonts. */
const wingdings: Readonly<Record<number, string>> = {
  254: "[x]",
  253: "[x]",
  168: "[ ]",
  111: "[ ]",
  252: "✓",
  251: "✗",
  224: "→",
  223: "←",
  167: "•",
};
const wingdings2: Readonly<Record<number, string>> = { 80: "✓", 82: "[x]", 83: "[x]", 163: "[ ]", 79: "✗" };

/** A sign that a document names by its place in a font of signs: "F061" of "Symbol" is "α". "" for an unknown one. */
export function signOf(font: string, code: string): string {
  const number = Number.parseInt(code, 16);
  if (!(number > 0x1f && number <= 0xffff)) return "";
  const at = number >= 0xf000 && number <= 0xf0ff ? number - 0xf000 : number;
  if (/^symbol$/i.test(font)) {
    return symbolUpper[at - 0x41] ?? symbolLower[at - 0x61] ?? symbols[at] ?? String.fromCharCode(at);
  }
  if (/^wingdings$/i.test(font)) return wingdings[at] ?? "";
  if (/^wingdings 2$/i.test(font)) return wingdings2[at] ?? "";
  // A place in the private area means nothing outside of the font.
  return number >= 0xe000 && number <= 0xf8ff ? "" : String.fromCharCode(number);
}
