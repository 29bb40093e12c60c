/** What a sentence claims that can be looked up by its letters: quotes, identifiers and names. */

/** Where something stands, and as what it is looked up. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Lower case, one kind of quote, dash and space, no Markdown emphasis: what "word for word" compares. */
export function normalise(text: string): string {
  return (
    text
      // An accent by itself would become a space with a mark.
      .replaceAll("´", "'")
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[“”„‟«»「」『』"‘’‚‛`]/g, "'")
      .replace(/[‐‑‒–—−]/g, "-")
      .replace(/\*\*|__|(?<!\w)[*_]|[*_](?!\w)/g, "")
      .replace(/\u00ad/g, "")
      .replace(/\s+/g, " ")
      .trim()
  );
}

/** A pair may be of two kinds (German „…" with a straight mark at its end). */
const quotePairs =
  /"([^"”\n]{2,}?)["”]|“([^”"]{2,}?)["”]|„([^“”"]{2,}?)["“”]|«([^»]{2,}?)»|»([^«]{2,}?)«|「([^」]{2,}?)」/g;

/** What stands between quotation marks, the marks within its range. */
export function quotations(text: string): Span[] {
  return [...text.matchAll(quotePairs)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: match.slice(1).find((group) => group !== undefined) ?? "",
  }));
}

/** What is quoted, without the sentence's own full stop; a gap ("…") makes two of one. */
export function quotes(sentence: string): string[] {
  const found: string[] = [];
  for (const { text: quote } of quotations(sentence.replace(/(`+).+?\1/g, " "))) {
    for (const part of quote.split(/\[?(?:…|\.{3})\]?/)) {
      const text = part.trim().replace(/[.,;:!?]+$/, "");
      if (text.length > 1) found.push(text);
    }
  }
  return found;
}

const inBackticks = /(`+)(.+?)\1/g;
const namedCode =
  /(?<![\w@/.#-])(?:(?:https?:\/\/|www\.)[^\s<>()[\]"”]*[\p{L}\p{N}/]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|#(?:[0-9a-f]{3}){1,2}(?![\p{L}\p{N}])|[a-z]{1,20}\d[a-z0-9]*(?:\.\d+)*|[a-z]+[a-z0-9]*[A-Z]\w*|[A-Z][a-z0-9]+[A-Z][a-z]\w*|\w+_\w+|[\w-]+(?:\/[\w.-]+)+|\.[a-z]{3,}ignore|[\w-]+\.(?:ts|tsx|js|mjs|json|py|java|go|rs|c|h|cpp|cs|rb|php|sh|md|txt|pdf|docx|xlsx|ya?ml|toml|sql|html|css))(?:\(\))?(?![\w/])/gu;

/** Code in backticks, words that only a program or a file is called, those with digits in them, and addresses. */
export function codes(text: string): Span[] {
  const found: Span[] = [];
  const rest = text.replace(inBackticks, (all: string, _mark: string, code: string, at: number) => {
    found.push({ start: at, end: at + all.length, text: code.trim() });
    return " ".repeat(all.length);
  });
  for (const { index, 0: name } of rest.matchAll(namedCode)) {
    // "and/or", "24/7" and the like are no paths.
    if (/^[a-z]{1,4}\/[a-z]{1,4}$|^[\d/.]+$/i.test(name)) continue;
    found.push({ start: index, end: index + name.length, text: name });
  }
  return found
    .map((span) => ({ ...span, text: span.text.replace(/\(\)$/, "") }))
    .filter(({ text: name }) => /[\p{L}\p{N}]/u.test(name));
}

/** Words that begin a sentence before a name and are no part of it. */
const opening =
  /^(?:Since|Unlike|Without|Within|Despite|Per|Via|Like|According|Whether|However|Every|Each|Many|Several|All|Both|Although|Though|Also|Instead|Otherwise)$/;
const title = /^(?:Mr|Mrs|Ms|Dr|Prof)$/;

/**
 * Names: runs of capitalised words that do not begin the sentence, and the word that does when another one follows
 * ("Maria Lopez signed"), or that `opens` says is one. None for a text that capitalises all its nouns or every word.
 */
export function names(
  sentence: string,
  isSmall: (word: string) => boolean,
  opens: (word: string) => boolean = () => false,
): Span[] {
  // "O'Brien" is a name by "Brien": an "O" is in "O'Neil" too.
  const words = [...sentence.matchAll(/[\p{L}\p{M}](?:[\p{L}\p{M}\p{N}&-]|['’](?!\p{Lu}))*/gu)];
  const isName = (index: number): boolean => {
    const word = words[index]?.[0] ?? "";
    return /^\p{Lu}[\p{L}\p{N}-]/u.test(word) && !title.test(word) && !/^I['’]/.test(word);
  };
  // After a colon, a quotation mark or a dash a capital letter may begin a clause.
  const begins = (index: number): boolean =>
    index === 0 || /(?:[:"“„«‘(–—*/|>#\n]|[.!?]["”’)]?\s)\s*$/.test(sentence.slice(0, words[index]?.index));
  const capitals = [...words.keys()].filter(isName);
  if (capitals.length === 0) return [];
  const first = new Set(capitals.filter(begins));
  const isPart = new Set(capitals.filter((index) => !first.has(index)));
  if (words.length > 4 && isPart.size > (words.length - 1) * 0.5) return [];
  for (const index of first) {
    const word = words[index]?.[0] ?? "";
    if (isSmall(word) || opening.test(word)) continue;
    if (opens(word) || (isPart.has(index + 1) && adjoins(sentence, words, index))) isPart.add(index);
  }
  const found: Span[] = [];
  for (const index of [...isPart].sort((a, b) => a - b)) {
    const word = words[index];
    if (!word) continue;
    const previous = found.at(-1);
    const text = word[0].replace(/['’]s?$/, "");
    const end = word.index + text.length;
    if (
      previous &&
      isPart.has(index - 1) &&
      adjoins(sentence, words, index - 1) &&
      !/['’]s?$/.test(words[index - 1]?.[0] ?? "")
    ) {
      found[found.length - 1] = { start: previous.start, end, text: `${previous.text} ${text}` };
    } else found.push({ start: word.index, end, text });
  }
  return found;
}

/** Whether nothing but a space stands between a word and the next one. */
function adjoins(sentence: string, words: readonly RegExpExecArray[], index: number): boolean {
  const [word, next] = [words[index], words[index + 1]];
  if (!word || !next) return false;
  return /^\s+$/.test(sentence.slice(word.index + word[0].length, next.index));
}
