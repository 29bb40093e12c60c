import { contentWords } from "./followUp.ts";

/** What a folder is called, and what is asked of one as a whole; by such words no passage is better than another. */
const general = new Set(
  `project repository repo workspace folder folders directory directories codebase code file files document documents
  everything anything all whole give show list say me summary sentence sentences short brief briefly simple terms
  summarize summarise overview describe explain content contents structure structured
  organized organised purpose goal main important build builds built test tests tested testing run runs
  start started install installed set setup use used work works working application app program software system
  projekt ordner arbeitsbereich dateien dokumente alles zusammenfassung überblick übersicht projet dossier fichiers
  documents tout résumé aperçu proyecto carpeta archivos documentos todo resumen`.split(/\s+/),
);

/**
 * Whether a question is about the files as a whole ("What is in this workspace?", "Tell me everything"): it has no
 * word that any passage could be told by, so how well passages match says nothing.
 */
export function isAboutTheWhole(question: string): boolean {
  return contentWords(question).every((word) => general.has(word.toLowerCase()));
}
