import { CarrelError } from "./channel.ts";
import { type Filter, type FilterKind, filterKind, filterLimits } from "./data.ts";
import { languageNames, languagesNamed } from "./formats.ts";

/** Filters that stand in what somebody types: `how are errors logged path:src/api -path:docs lang:py`. */

/** A question without its filters. */
export interface Filtered {
  readonly text: string;
  readonly filter: Filter;
}

type FilterName = "path" | "-path" | "lang" | "kind" | "in";
type Filters = { -readonly [Name in keyof Filter]: Filter[Name] };

/**
 * A name after white space, and its value at once after the colon: blanks in it stand in quotation marks. So an
 * address, `std::path:` and "kind: regards" are words like others, and so is `path::Path`.
 */
const written = /(?<=^|\s)(-?)(path|lang|kind|in):(?![\s:]|$)((?:"[^"]*"|[^\s"])*)("?)[^\S\n]*/giu;

/** Splits what was typed into its text and its filters. @throws CarrelError that says which filter is wrong. */
export function readFilters(typed: string): Filtered {
  const filter: Filters = {};
  const text = typed.replace(
    written,
    (all: string, minus: string, name: string, value: string, open: string) => {
      if (open !== "")
        throw wrong(`${all}: a quotation mark is not closed.`, 'Write it as path:"my folder".');
      addFilter(filter, `${minus}${name.toLowerCase()}`, value.replaceAll('"', ""));
      return "";
    },
  );
  return { text: text.trim(), filter };
}

/** The same for a question that is asked now. @throws CarrelError when it consists of filters alone, too. */
export function readQuestion(typed: string): Filtered {
  const read = readFilters(typed);
  if (read.text.trim() === "" && hasFilters(read.filter)) {
    throw wrong("There are filters, and nothing to look for.", "Add what you look for, in your own words.");
  }
  return read;
}

/** Adds one filter by its name. @throws CarrelError when its value is none. */
export function addFilter(filter: Filters, name: string, value: string): void {
  if (!isFilterName(name)) {
    throw wrong(`${name}: is no filter.`, "Only path: can be turned round, as in -path:docs.");
  }
  if (value.trim() === "") throw wrong(`${name}: has no value.`, `Write ${examples[name]}, for instance.`);
  switch (name) {
    case "path":
      filter.paths = more(filter.paths, [pathOf(name, value)]);
      break;
    case "-path":
      filter.notPaths = more(filter.notPaths, [pathOf(name, value)]);
      break;
    case "lang":
      filter.languages = more(filter.languages, languagesOf(value));
      break;
    case "kind":
      filter.kinds = more(filter.kinds, [kindOf(value)]);
      break;
    case "in":
      filter.folders = more(filter.folders, [checkedLength(name, value)]);
      break;
  }
}

export function hasFilters(filter: Filter): boolean {
  return filterLabels(filter).length > 0;
}

/** Each filter as it can be typed: `path:src/api`. */
export function filterLabels({ paths, notPaths, languages, kinds, folders }: Filter): string[] {
  const labels = (name: FilterName, values: readonly string[] = []): string[] =>
    values.map((value) => `${name}:${/\s/.test(value) ? `"${value}"` : value}`);
  return [
    ...labels("path", paths),
    ...labels("-path", notPaths),
    ...labels("lang", languages),
    ...labels("kind", kinds),
    ...labels("in", folders),
  ];
}

const examples: Readonly<Record<FilterName, string>> = {
  path: "path:src/api or path:*.test.ts",
  "-path": "-path:docs",
  lang: "lang:python",
  kind: `kind:${filterKind.options.join(", kind:")}`,
  in: 'in:FOLDER, or in:"MY FOLDER"',
};

function isFilterName(name: string): name is FilterName {
  return Object.hasOwn(examples, name);
}

function more<T>(before: readonly T[] | undefined, values: readonly T[]): T[] {
  const all = [...new Set([...(before ?? []), ...values])];
  if (all.length > filterLimits.count) {
    throw wrong(
      `More than ${filterLimits.count} filters of one name are too many.`,
      "A folder holds many files: path:src.",
    );
  }
  return all;
}

/** The path with "/" between its parts, and none at its ends; "." for the folder itself. */
function pathOf(name: string, value: string): string {
  const parts = checkedLength(name, value)
    .split(/[\\/]+/)
    .filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) {
    throw wrong(
      `${name}:${value} leads out of the folder.`,
      "A path counts from the workspace folder: path:src.",
    );
  }
  return parts.join("/") || ".";
}

function languagesOf(value: string): readonly string[] {
  const languages = languagesNamed(value);
  if (languages) return languages;
  throw wrong(`There is no language "${shortened(value)}".`, `Known are: ${languageNames().join(", ")}.`);
}

function kindOf(value: string): FilterKind {
  const kind = filterKind.options.find((option) =>
    [option, option.replace(/s$/, "")].includes(value.toLowerCase()),
  );
  if (kind) return kind;
  throw wrong(`There is no kind "${shortened(value)}".`, `Known are: ${filterKind.options.join(", ")}.`);
}

function checkedLength(name: string, value: string): string {
  if (value.length > filterLimits.length)
    throw wrong(`${name}:${shortened(value)} is too long.`, "A shorter beginning will do.");
  return value;
}

function shortened(value: string): string {
  return value.length > 60 ? `${value.slice(0, 60)}…` : value;
}

function wrong(message: string, remedy: string): CarrelError {
  return new CarrelError(message, remedy, "invalid");
}
