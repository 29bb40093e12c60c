import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import go from "highlight.js/lib/languages/go";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const languages = {
  bash,
  c,
  cpp,
  csharp,
  css,
  go,
  java,
  javascript,
  json,
  php,
  python,
  ruby,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);
// VS Code's names for what highlight.js calls otherwise.
hljs.registerAliases(["shellscript"], { languageName: "bash" });
hljs.registerAliases(["typescriptreact"], { languageName: "typescript" });
hljs.registerAliases(["javascriptreact"], { languageName: "javascript" });

/** A run of characters of one colour; `scope` is a CSS class such as "hljs-keyword", or "". */
export interface Run {
  readonly text: string;
  readonly scope: string;
}

/** Longer code stays plain: highlighting it again for each new token would be felt. */
const maxCharacters = 20_000;
const maxCached = 200;
const cache = new Map<string, readonly Run[]>();

/** Code in its colours. The runs' texts together are the code; an unknown language gives one plain run. */
export function highlight(code: string, language: string): readonly Run[] {
  const name = language.toLowerCase();
  if (code.length > maxCharacters || !hljs.getLanguage(name)) return [{ text: code, scope: "" }];
  const key = `${name}\n${code}`;
  const known = cache.get(key);
  if (known) return known;
  const runs = toRuns(hljs.highlight(code, { language: name, ignoreIllegals: true }).value);
  if (cache.size >= maxCached) cache.clear();
  cache.set(key, runs);
  return runs;
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };

/**
 * highlight.js writes HTML. Taken apart here, nothing that it writes is ever used as markup, and the marks of
 * a passage can be laid over it.
 */
function toRuns(html: string): Run[] {
  const runs: Run[] = [];
  const scopes: string[] = [];
  for (const [part, open, close, entity] of html.matchAll(
    /<span class="([^"]*)">|(<\/span>)|&([a-z0-9#]+);|[^<&]+/g,
  )) {
    if (open !== undefined) scopes.push(open);
    else if (close !== undefined) scopes.pop();
    else {
      const text = entity === undefined ? part : (entities[entity] ?? part);
      const scope = scopes.at(-1) ?? "";
      const last = runs.at(-1);
      if (last?.scope === scope) runs[runs.length - 1] = { text: last.text + text, scope };
      else runs.push({ text, scope });
    }
  }
  return runs;
}
