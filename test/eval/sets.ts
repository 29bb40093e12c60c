import type { Dataset, Question } from "./dataset.ts";
import { sample } from "./dataset.ts";
import { extractFunctions, extractSections } from "./extract.ts";
import { Repository, type RepositoryName } from "./repositories.ts";

const number = (i: number): string => String(i).padStart(5, "0");

/** CoSQA: questions that people asked a search engine, and the Python function that answers each. */
export function cosqa(cache: string): Dataset {
  const repository = new Repository("Jun-jie-Huang/CoCLR", cache);
  const codes = JSON.parse(repository.read("data/search/code_idx_map.txt")) as Record<string, number>;
  const asked = ["test", "dev"].flatMap(
    (part) =>
      JSON.parse(repository.read(`data/search/cosqa-retrieval-${part}-500.json`)) as {
        idx: string;
        doc: string;
        retrieval_idx: number;
      }[],
  );
  return {
    name: "cosqa",
    about: "question from a search engine → Python function",
    source: "github.com/Jun-jie-Huang/CoCLR, CoSQA retrieval split",
    licence: "MIT",
    group: "code",
    files: new Map(Object.entries(codes).map(([code, i]) => [`${number(i)}.py`, code])),
    questions: asked.map(({ idx, doc, retrieval_idx }) => ({
      id: idx,
      query: doc,
      relevant: [{ path: `${number(retrieval_idx)}.py` }],
    })),
  };
}

const codeRepositories = [
  "celery/celery",
  "gin-gonic/gin",
  "axios/axios",
  "google/gson",
  "jekyll/jekyll",
] as const;

/** What a function's documentation says, and the function without it. */
export function functions(cache: string): Dataset {
  const files = new Map<string, string>();
  const questions: Question[] = [];
  for (const name of codeRepositories) {
    const repository = new Repository(name, cache);
    for (const path of repository.list(/\.(py|go|js|ts|java|rb)$/)) {
      if (/(^|\/)(tests?|t|spec|features|dist|examples?)\/|test\.|Test/.test(path)) continue;
      const ending = path.split(".").at(-1) ?? "";
      for (const { said, code } of extractFunctions(repository.read(path), ending)) {
        const id = number(files.size);
        files.set(`${id}.${ending}`, code);
        if (said !== "") questions.push({ id, query: said, relevant: [{ path: `${id}.${ending}` }] });
      }
    }
  }
  return {
    name: "functions",
    about:
      "first sentence of a documentation comment → function without it (Python, Go, JavaScript, Java, Ruby)",
    source: codeRepositories.map((name) => `github.com/${name}`).join(", "),
    licence: "BSD-3-Clause, MIT, Apache-2.0",
    group: "code",
    files,
    questions: sample(questions, 600),
  };
}

/** What a commit says, and the files that it changed, in the repository as it was some hundred commits before. */
export function history(cache: string, name: RepositoryName, back: number): Dataset {
  const repository = new Repository(name, cache);
  const log = repository.run(
    "log",
    `-n${back}`,
    "--first-parent",
    "--no-renames",
    "--name-only",
    "--diff-filter=M",
    "--format=@@commit %H %s",
    repository.commit,
  );
  const entries = log.split("@@commit ").slice(1);
  const before = /^(\w+)/.exec(entries.at(-1) ?? "")?.[1] ?? repository.commit;
  const code = /\.(py|go|js|ts|java|rb|md|rst|markdown|yml|yaml|toml|sh)$/;
  const paths = repository.list(code, before).filter((path) => !/(^|\/)(change|history|dist\/)/i.test(path));
  const present = new Set(paths);
  const questions = entries.flatMap((entry): Question[] => {
    const [, id = "", subject = "", list = ""] = /^(\w+) ([^\n]*)\n*([\s\S]*)$/.exec(entry) ?? [];
    const said = subject
      .replaceAll(/\s*\(?#\d+\)?/g, "")
      .replace(/^\w+(\([^)]*\))?!?:\s*/, "")
      .trim();
    const changed = list.split("\n").filter((path) => present.has(path));
    const source = changed.filter((path) => !/test|spec/i.test(path));
    const dull =
      /^(merge|bump|release|update (dep|change|history)|v?\d+\.\d|revert|prepare|\[pre|chore|build\()/i;
    if (source.length === 0 || changed.length > 5 || dull.test(said) || said.split(/\s+/).length < 3)
      return [];
    return [{ id: id.slice(0, 12), query: said, relevant: source.map((path) => ({ path })) }];
  });
  return {
    name: `history-${name.split("/")[1]}`,
    about: `what a commit says → the files it changed, in ${name} as it was before`,
    source: `github.com/${name}`,
    licence: "see the repository",
    group: "code",
    files: new Map(paths.map((path) => [path, repository.read(path, before)])),
    questions: sample(questions, 250),
  };
}

const documentation = ["jekyll/jekyll", "mkdocs/mkdocs", "celery/celery"] as const;

/** A heading of documentation, and its section without it. */
export function sections(cache: string): Dataset {
  const files = new Map<string, string>();
  const questions: Question[] = [];
  for (const name of documentation) {
    const repository = new Repository(name, cache);
    for (const path of repository.list(/^docs\/.*\.(md|rst)$/)) {
      if (/changelog|history|release|whatsnew|_posts|about\/|license|deprecat|faq/i.test(path)) continue;
      for (const { heading, text } of extractSections(repository.read(path), path)) {
        const id = number(files.size);
        files.set(`${id}.txt`, text);
        if (heading.split(/\s+/).length >= 2) {
          questions.push({ id, query: heading, relevant: [{ path: `${id}.txt` }] });
        }
      }
    }
  }
  return {
    name: "sections",
    about: "heading path in documentation → its section without headings",
    source: documentation.map((name) => `github.com/${name}, docs/`).join(", "),
    licence: "MIT, BSD",
    group: "text",
    files,
    questions: sample(questions, 600),
  };
}

/** XQuAD: questions to paragraphs of Wikipedia, translated by people. */
export function xquad(cache: string, language: string): Dataset {
  const repository = new Repository("deepmind/xquad", cache);
  const { data } = JSON.parse(repository.read(`xquad.${language}.json`)) as {
    data: { paragraphs: { context: string; qas: { id: string; question: string }[] }[] }[];
  };
  const paragraphs = data.flatMap((article) => article.paragraphs);
  return {
    name: `xquad-${language}`,
    about: `question → paragraph of an encyclopedia (${language})`,
    source: "github.com/deepmind/xquad",
    licence: "CC BY-SA 4.0",
    group: language === "en" ? "text" : "languages",
    files: new Map(paragraphs.map(({ context }, i) => [`${number(i)}.txt`, context])),
    questions: sample(
      paragraphs.flatMap(({ qas }, i) =>
        qas.map(({ id, question }) => ({ id, query: question, relevant: [{ path: `${number(i)}.txt` }] })),
      ),
      600,
    ),
  };
}

/** chunking_evaluation: questions to five long documents, answered by marked passages. */
export function passages(cache: string): Dataset {
  const repository = new Repository("brandonstarxel/chunking_evaluation", cache);
  const base = "chunking_evaluation/evaluation_framework/general_evaluation_data";
  const names = ["chatlogs", "finance", "pubmed", "state_of_the_union", "wikitexts"];
  const files = new Map(
    names.map((name) => [`${name}.md`, repository.run("show", `HEAD:${base}/corpora/${name}.md`)]),
  );
  const questions = csv(repository.read(`${base}/questions_df.csv`))
    .slice(1)
    .flatMap(([query = "", references = "[]", corpus = ""], i): Question[] => {
      const text = files.get(`${corpus}.md`);
      if (text === undefined) return [];
      const found = JSON.parse(references) as { content: string; start_index: number; end_index: number }[];
      return [
        {
          id: number(i),
          query,
          relevant: found.flatMap(({ content }) => {
            const at = text.indexOf(content);
            return at < 0 ? [] : [{ path: `${corpus}.md`, marked: [at, at + content.length] as const }];
          }),
        },
      ];
    })
    .filter((question) => question.relevant.length > 0);
  return {
    name: "passages",
    about:
      "question → marked passage of a long document (law of the land, finance, medicine, chat, encyclopedia)",
    source: "github.com/brandonstarxel/chunking_evaluation",
    licence: "MIT",
    group: "text",
    files,
    questions,
  };
}

/** Sentences that cite a biomedical article, and passages of that article. */
export function claims(cache: string): Dataset {
  const repository = new Repository("jedick/MLE-capstone-project", cache);
  const lines = <T>(path: string): T[] =>
    repository
      .read(path)
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as T);
  const corpus = lines<{ doc_id: number; title: string; abstract: string[] }>("data/citint/corpus.jsonl");
  const claimed = ["test", "dev"].flatMap((part) =>
    lines<{ id: number; claim: string; evidence: Record<string, unknown> }>(
      `data/citint/claims_${part}.jsonl`,
    ).map((one) => ({ ...one, id: `${part}-${one.id}` })),
  );
  return {
    name: "claims",
    about: "sentence that cites an article → evidence from the article",
    source:
      "Citation-Integrity (github.com/ScienceNLP-Lab/Citation-Integrity), by github.com/jedick/MLE-capstone-project",
    licence: "MIT",
    group: "text",
    files: new Map(corpus.map(({ doc_id, abstract }) => [`${doc_id}.txt`, abstract.join("\n")])),
    questions: claimed.flatMap(({ id, claim, evidence }) => {
      const query = claim
        .replaceAll(/<\|\w+\|>/g, "")
        .replaceAll(/\(\s*\)/g, "")
        .trim();
      const relevant = Object.keys(evidence).map((doc) => ({ path: `${doc}.txt` }));
      return relevant.length > 0 ? [{ id, query, relevant }] : [];
    }),
  };
}

/** Rows of a CSV text with quoted fields. */
function csv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\n\r]*))(,|\r?\n|$)/gy;
  for (let match = field.exec(text); match && field.lastIndex <= text.length; match = field.exec(text)) {
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] !== ",") {
      rows.push(row);
      row = [];
    }
    if (field.lastIndex >= text.length) break;
  }
  return rows;
}
