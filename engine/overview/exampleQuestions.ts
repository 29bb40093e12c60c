import { testPath } from "../../indexer/files/testPath.ts";
import type { StoredChunk } from "../../indexer/store/store.ts";
import type { Example } from "../../protocol/data.ts";
import type { FolderContents } from "../workspace/folderContents.ts";
import { filesIn, firstChunks, type IndexedFile } from "./contents.ts";
import { documentsIn, tierOf } from "./documentOutline.ts";
import { isAside, manifestsIn } from "./manifests.ts";

/** Questions that the files of a folder suggest, of each kind those first that are likely to be good ones. */
export interface Suggested {
  readonly whole: Example;
  readonly documents: readonly Example[];
  readonly symbols: readonly Example[];
}

/** Files that are looked at for headings and for symbols, and how many chunks of each. */
const most = { documents: 10, code: 10, chunks: 12, ofFile: 2 } as const;
/** Below it a file of code has little to ask about. */
const leastCode = 600;
const separator = " › ";

/** Headings that stand in many documents and tell nothing of theirs. */
const common =
  /^(introduction|overview|contents|table of contents|summary|background|purpose|scope|usage|install(ation|ing)?|getting started|quick ?start|license|licence|contribut(ing|ors)|acknowledge?ments|credits|references?|appendix|notes?|features|requirements|support|links|resources|faq|todo|changelog|unreleased|examples?|next steps|see also|code of conduct|any other business|signatures?|einleitung|inhalt|übersicht)$/i;

/** For each folder in which anything is indexed. */
export async function suggestExamples(folders: readonly FolderContents[]): Promise<Suggested[]> {
  const suggested: Suggested[] = [];
  for (const contents of folders) {
    const { files } = filesIn(contents, {});
    if (files.length === 0) continue;
    const documents = documentsIn(files)
      .filter((file) => tierOf(file) <= 2)
      .slice(0, most.documents);
    const code = codeIn(files).slice(0, most.code);
    const chunks = await firstChunks(
      contents.store,
      [...documents, ...code].map((file) => [file, most.chunks] as const),
    );
    const of = (file: IndexedFile): StoredChunk[] => chunks.get(file.path) ?? [];
    const folder = contents.folder.path;
    suggested.push({
      whole: { question: wholeQuestion(files) },
      // A README tells what is looked at first anyway.
      documents: documents
        .toSorted((a, b) => Number(tierOf(a) < 2) - Number(tierOf(b) < 2))
        .flatMap((file) =>
          headingQuestions(file.path, of(file)).map((question) => from(folder, file, question)),
        ),
      symbols: code.flatMap((file) =>
        symbolQuestions(of(file)).map((question) => from(folder, file, question)),
      ),
    });
  }
  return suggested;
}

function from(folder: string, { path }: IndexedFile, question: string): Example {
  return { question, folder, path };
}

function wholeQuestion(files: readonly IndexedFile[]): string {
  const isProject = manifestsIn(files).some(({ depth }) => depth <= 1);
  return isProject ? "What is this project about, and how is it built?" : "What is in this workspace?";
}

/** Code that is neither a test nor somebody else's, the largest of each folder in turns. */
function codeIn(files: readonly IndexedFile[]): IndexedFile[] {
  const turns = new Map<string, number>();
  return files
    .filter(
      ({ path, kind, size }) =>
        kind === "code" && size >= leastCode && !testPath.test(path) && !isAside(path),
    )
    .sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1))
    .map((file) => {
      const directory = file.path.slice(0, file.path.lastIndexOf("/") + 1);
      const turn = turns.get(directory) ?? 0;
      turns.set(directory, turn + 1);
      return { file, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ file }) => file);
}

function headingQuestions(path: string, chunks: readonly StoredChunk[]): string[] {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
  const directory = path.split("/").at(-2);
  const isGeneral = /^(read[-_ ]?me|index)$/i.test(name);
  const named = isGeneral ? `the ${name}${directory === undefined ? "" : ` of ${directory}`}` : name;
  const headings = chunks.flatMap(headingsIn);
  return [...new Set(headings)]
    .filter((heading) => isTelling(heading) && !common.test(heading))
    .sort((a, b) => Number(!a.includes(" ")) - Number(!b.includes(" ")))
    .slice(0, most.ofFile)
    .map((heading) => (heading.endsWith("?") ? heading : `What does ${named} say about “${heading}”?`));
}

/**
 * The headings below the document's title that stand as lines of this chunk: of several in a row the heading is a list,
 * whose commas may be a heading's own.
 */
function headingsIn({ heading, text }: StoredChunk): string[] {
  const names = heading?.split(separator) ?? [];
  const lines = new Set(text.split("\n").map(plain));
  const last = names.length > 1 ? (names.at(-1) ?? "") : "";
  return [last, ...last.split(", ")].map(plain).filter((name) => lines.has(name));
}

/** A heading without its number and its marks. */
function plain(line: string): string {
  return line.replace(/^[\d.§()#=*_\s]+|[\s:.#*_]+$/g, "");
}

/** Some words of letters: not a version, a date or a line of a form. */
function isTelling(heading: string): boolean {
  const words = heading.split(/\s+/);
  return (
    /^[\p{L}\p{M}\s'’-]+\??$/u.test(heading) &&
    heading.length >= 6 &&
    heading.length <= 48 &&
    words.length <= 7
  );
}

/** A chunk that is one definition tells what it does; one of many small ones does not. */
function symbolQuestions(chunks: readonly StoredChunk[]): string[] {
  const names = chunks.map(({ heading }) => heading?.split(separator).at(-1) ?? "");
  return [...new Set(names)]
    .filter((name) => /^[a-z]\w{5,39}$/i.test(name) && /[a-z][A-Z]|[a-z]_[a-z]{2}/.test(name))
    .filter((name) => !/^test|test$/i.test(name))
    .slice(0, most.ofFile)
    .map((name) => `Where is ${name} defined, and what does it do?`);
}
