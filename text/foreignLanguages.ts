/** A passage of text, by the file that it stands in and the language that it seems to be in ("" where that is not clear). */
export interface SampledPassage {
  readonly file: string;
  readonly language: string;
}

/** In fewer files it is a quotation here, a letter there, or a project's README translated into many languages. */
const leastFiles = 5;
const leastShare = 0.15;
const mostNamed = 2;

/**
 * The languages other than English in which a considerable part of the sampled passages is, the most frequent
 * first, as guessLanguage names them; none where it is not worth a word.
 */
export function foreignLanguages(sample: readonly SampledPassage[]): string[] {
  const filesOf = new Map<string, string[]>();
  for (const { file, language } of sample) {
    if (language === "" || language === "en") continue;
    const files = filesOf.get(language) ?? [];
    filesOf.set(language, files);
    files.push(file);
  }
  const foreign = [...filesOf].filter(([, files]) => new Set(files).size >= leastFiles);
  const passages = foreign.reduce((sum, [, files]) => sum + files.length, 0);
  if (passages < leastShare * sample.length) return [];
  return foreign
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, mostNamed)
    .map(([language]) => language);
}
