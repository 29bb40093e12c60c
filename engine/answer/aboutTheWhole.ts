import { contentWords } from "./followUp.ts";

/** What files are called as a whole; a question with one of them and no other content speaks of nothing else. */
const wholes =
  words(`project repository repo workspace folder folders directory directories codebase code file files
  document documents pdf pdfs everything anything all whole contents content summary summarize summarise overview
  structure app application program software system language languages
  projekt repository ordner verzeichnis arbeitsbereich datei dateien dokument dokumente alles zusammenfassung überblick
  übersicht inhalt programm anwendung programmiersprache programmiersprachen sprache sprachen projet dossier fichiers
  documents tout résumé aperçu proyecto carpeta archivos documentos todo resumen`);

/** What is asked of it; by such words no passage is better than another. */
const asked =
  words(`give show list say me sentence sentences short brief briefly simple terms describe explain
  structured organized organised purpose goal main important kind kinds type types sort topic topics begin
  programming framework frameworks technology technologies stack written made contain contains
  build builds built building test tests tested testing run runs running start started starts install installed
  installing installation set setup use used work works working compile compiled
  worum geht gebaut getestet gestartet installiert baue baut teste starte installiere anfangen beginnen
  aufgebaut enthält geschrieben enthalten`);

/** Small words of German, which a few words do not tell from English, and what is asked with them. */
const small =
  words(`was ist sind welche welches welcher wie wird werden wo kann man ich wir es in im diesem diesen dieser
  dieses das der die den hier alle und gibt liegt find`);

/** How one asks what is here without naming it: all its words are small ones. */
const here = /^\W*(?:what|was (?:ist|gibt es|liegt))\b.*\b(?:here|in it|there|this|hier|hierin)\W*$/i;

/**
 * Whether a question is about the files as a whole ("What is in this workspace?", "Tell me everything"): it has no
 * word that any passage could be told by, so how well passages match says nothing.
 */
export function isAboutTheWhole(question: string): boolean {
  return content(question).every((word) => wholes.has(word) || asked.has(word));
}

/**
 * Whether the answer is what there is as a whole: "surely" where the question names it, "likely" where its words may
 * be about one thing too ("How do I run the tests?").
 * @param names What the folders are called: "What is acme about?" speaks of the whole in a folder "acme".
 */
export function aboutTheWhole(question: string, names: readonly string[] = []): "surely" | "likely" | "no" {
  const said = content(question);
  if (said.length === 0) return here.test(question) ? "surely" : "no";
  const own = new Set(names.flatMap((name) => name.toLowerCase().match(/[\p{L}\p{N}\p{M}_'’]+/gu) ?? []));
  if (!said.every((word) => wholes.has(word) || asked.has(word) || own.has(word))) return "no";
  return said.some((word) => wholes.has(word)) ? "surely" : "likely";
}

/** The words that say what a question is about; of "what's" nothing is left. */
function content(question: string): string[] {
  const found = contentWords(question).map((word) => word.toLowerCase());
  return found.filter((word) => /\p{L}{2}|\p{N}/u.test(word) && !small.has(word));
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/));
}
