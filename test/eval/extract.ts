/** A function, and the first sentence of the comment that documents it ("" when there is none). */
export interface Documented {
  readonly said: string;
  readonly code: string;
}

const declarations: Readonly<Record<string, RegExp>> = {
  py: /^\s*(async )?def \w+/,
  go: /^func /,
  js: /^\s*(export (default )?)?(async )?(function\b|(const|let) \w+ = (async )?(\(|function|\w+ =>))|^\s+(static |async |get |set )*\w+\([^)]*\) \{$/,
  ts: /^\s*(export (default )?)?(async )?function\b/,
  java: /^\s+(public|protected|private|static|final|abstract|synchronized|<\w+>|\s)+[\w<>[\],.? ]+\([^;]*$/,
  rb: /^\s*def \w+/,
};

/** Cuts a source file into its functions; what documents each is taken out of its text. */
export function extractFunctions(source: string, ending: string): Documented[] {
  const declaration = declarations[ending];
  if (!declaration) return [];
  const lines = source.split("\n");
  const out: Documented[] = [];
  for (const [at, line] of lines.entries()) {
    if (!declaration.test(line)) continue;
    const body = block(lines, at);
    if (body.length < 3) continue;
    const { said, code } =
      ending === "py" ? withoutDocstring(body) : { said: commentBefore(lines, at), code: body };
    const text = code.join("\n").slice(0, 4000);
    if (text.length > 60) out.push({ said: firstSentence(said), code: text });
  }
  return out;
}

/** The lines of a declaration: up to the next line that is indented no deeper, with its closing bracket. */
function block(lines: readonly string[], start: number): string[] {
  const indent = (line: string): number => line.length - line.trimStart().length;
  const depth = indent(lines[start] ?? "");
  let end = start + 1;
  while (end < lines.length && end < start + 120) {
    const line = lines[end] ?? "";
    if (line.trim() !== "" && indent(line) <= depth && !/^\s*[)\]}:]/.test(line)) break;
    end++;
    if (/^\s*(}|end\b)/.test(line) && indent(line) === depth) break;
  }
  return lines.slice(start, end);
}

function withoutDocstring(body: readonly string[]): { said: string; code: string[] } {
  const start = body.findIndex((line) => /^\s*[ru]?("""|''')/.test(line));
  if (start < 1 || start > 8) return { said: "", code: [...body] };
  const quote = /"""|'''/.exec(body[start] ?? "")?.[0] ?? '"""';
  const first = (body[start] ?? "").replace(/^\s*[ru]?("""|''')/, "");
  let end = start;
  const said = [first];
  if (!first.includes(quote)) {
    for (end = start + 1; end < body.length && !(body[end] ?? "").includes(quote); end++)
      said.push(body[end] ?? "");
  }
  return {
    said: said.join("\n").replaceAll(quote, ""),
    code: [...body.slice(0, start), ...body.slice(end + 1)],
  };
}

function commentBefore(lines: readonly string[], at: number): string {
  let start = at - 1;
  while (start >= 0 && /^\s*@/.test(lines[start] ?? "")) start--;
  const said: string[] = [];
  for (; start >= 0; start--) {
    const match = /^\s*(?:\/\/+|#|\/\*\*?|\*\/?)\s?(.*)$/.exec(lines[start] ?? "");
    if (!match) break;
    said.unshift((match[1] ?? "").replace(/\*\/\s*$/, ""));
  }
  return said.join("\n").trim();
}

function firstSentence(text: string): string {
  const paragraph = text.trim().split(/\n\s*\n|\n\s*(?:@|:param|Arguments|Args)/)[0] ?? "";
  const plain = paragraph
    .replaceAll(/<[^>]+>|\{@\w+ |[{}`*]/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  const sentence = /^.*?[.!?](?=\s|$)/.exec(plain)?.[0] ?? plain;
  const words = sentence.match(/\w{2,}/g)?.length ?? 0;
  return words >= 4 && words <= 40 && !/copyright|todo|eslint|nolint/i.test(sentence) ? sentence : "";
}

export interface Section {
  readonly heading: string;
  readonly text: string;
}

/** The sections of Markdown or reStructuredText with at least twenty words; `heading` is the last two levels. */
export function extractSections(source: string, path: string): Section[] {
  const isRst = path.endsWith(".rst");
  const lines = source.replace(/^---\n[\s\S]*?\n---\n/, "").split("\n");
  const out: Section[] = [];
  const levels: string[] = [];
  let headings: { level: number; title: string }[] = [];
  let body: string[] = [];
  let fenced = false;
  const flush = (): void => {
    const text = body.join("\n").trim();
    if ((text.match(/\w{2,}/g)?.length ?? 0) >= 20 && headings.length > 0) {
      const heading = headings
        .slice(-2)
        .map((one) => one.title)
        .join(" ");
      out.push({ heading: heading.replaceAll(/[`*]|:\w+:|\{[^}]*\}/g, ""), text });
    }
    body = [];
  };
  for (const [i, line] of lines.entries()) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    const under = lines[i + 1] ?? "";
    const markdown = !isRst && !fenced ? /^(#{1,6})\s+(.*?)\s*#*$/.exec(line) : null;
    const rst =
      isRst && line.trim() !== "" && /^([=\-~^"'*+#`])\1{2,}\s*$/.test(under) && !/^\W+$/.test(line);
    if (markdown || rst) {
      flush();
      const mark = under[0] ?? "";
      if (rst && !levels.includes(mark)) levels.push(mark);
      const level = markdown ? (markdown[1]?.length ?? 1) : levels.indexOf(mark);
      headings = headings.filter((one) => one.level < level);
      headings.push({ level, title: (markdown?.[2] ?? line).trim() });
    } else if (!(isRst && /^([=\-~^"'*+#`])\1{2,}\s*$/.test(line))) {
      body.push(line);
    }
  }
  flush();
  return out;
}
