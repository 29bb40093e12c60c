/** Control characters, those that turn the direction of text, and separators of lines. */
const dangerous = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;
/** The codes that render.ts writes by styleText: bold, dim, yellow, cyan, and their ends. */
const esc = "\u001b";
const ownStyles = new RegExp(`(${esc}\\[(?:1|2|22|33|36|39)m)`);

/** What of our data has lines: the text of a passage or an answer, and that around a passage. */
const propertiesWithLines: ReadonlySet<string> = new Set(["text", "before", "after"]);

/**
 * A copy of plain data in which no text can control a terminal or begin a line of its own: what could is a
 * visible sign instead (␛, ␊, �). Each sign takes the place of one character, so that ranges stay right.
 */
export function harmless<T>(value: T): T {
  return copy(value, false) as T;
}

function copy(value: unknown, hasLines: boolean): unknown {
  if (typeof value === "string") return hasLines ? harmlessLines(value) : harmlessLine(value);
  if (Array.isArray(value)) return value.map((one) => copy(one, false));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, copy(one, propertiesWithLines.has(key))]),
  );
}

/** Text as one line that can't control a terminal. */
export function harmlessLine(text: string): string {
  return text.replace(dangerous, sign);
}

/** Text whose lines and tabs stay, and which can't control a terminal. */
export function harmlessLines(text: string): string {
  return text
    .replaceAll("\r\n", " \n")
    .replace(dangerous, (char) => (char === "\n" || char === "\t" ? char : sign(char)));
}

/** What is about to be shown: only our own colours, if there are any, are more than text. */
export function onlyOwnStyles(text: string, hasColours: boolean): string {
  if (!hasColours) return harmlessLines(text);
  return text
    .split(ownStyles)
    .map((part, at) => (at % 2 === 1 ? part : harmlessLines(part)))
    .join("");
}

/** JSON whose strings have escapes for all that could control a terminal; it reads back the same. */
export function harmlessJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(dangerous, (char) =>
    char === "\n" ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A visible sign in place of a character, as long as it. */
function sign(char: string): string {
  const code = char.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}
