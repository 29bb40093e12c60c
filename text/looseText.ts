/** A text with the letters and digits alone, and for each of them where it stood. */
export interface LooseText {
  readonly text: string;
  /** For each character of `text` its place in the source. */
  readonly places: readonly number[];
}

/**
 * Takes out of a text what two extractions of one page may write otherwise: white space, hyphens and other signs,
 * ligatures, accents written apart, upper and lower case.
 */
export function loosen(source: string): LooseText {
  let text = "";
  const places: number[] = [];
  let at = 0;
  for (const sign of source) {
    const plain = /^[a-z\d]$/.test(sign)
      ? sign
      : sign
          .normalize("NFKD")
          .toLowerCase()
          .replace(/[^\p{L}\p{N}]/gu, "");
    text += plain;
    for (let i = 0; i < plain.length; i++) places.push(at);
    at += sign.length;
  }
  return { text, places };
}

/** All places [start, end) of the source at which `wanted` stands, loosely. */
export function findAll({ text, places }: LooseText, wanted: string): [number, number][] {
  const needle = loosen(wanted).text;
  const found: [number, number][] = [];
  if (needle === "") return found;
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
    found.push([places[at] ?? 0, (places[at + needle.length - 1] ?? 0) + 1]);
  }
  return found;
}

/** Lines shorter than this stand in many places and say nothing of where a text is. */
const shortestLine = 12;

/**
 * Where in the source `wanted` stands: as a whole, at the place nearest to `near`; else those of its lines that are
 * there, since columns and notes may be read in another order. Empty when it is not there.
 */
export function locate(source: LooseText, wanted: string, near = 0): [number, number][] {
  const whole = findAll(source, wanted);
  const [first] = whole.toSorted((a, b) => Math.abs(a[0] - near) - Math.abs(b[0] - near));
  if (first) return [first];
  return wanted.split("\n").flatMap((line) => {
    if (loosen(line).text.length < shortestLine) return [];
    return findAll(source, line).slice(0, 1);
  });
}
