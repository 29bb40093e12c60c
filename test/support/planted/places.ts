import type { Random } from "./random.ts";

/** The kinds of text in which each key is planted. */
export const places = ["ini", "YAML", "JSON", "code", "Markdown", "XML", "shell"] as const;
export type Place = (typeof places)[number];

type Style = (words: readonly string[]) => string;
const snake: Style = (words) => words.join("_");
const kebab: Style = (words) => words.join("-");
const dotted: Style = (words) => words.join(".");
const env: Style = (words) => words.join("_").toUpperCase();
const pascal: Style = (words) => words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
const camel: Style = (words) => {
  const name = pascal(words);
  return name.charAt(0).toLowerCase() + name.slice(1);
};
const title: Style = (words) => words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");

type Write = (words: readonly string[], value: string) => string;

/** How a name and its value are written in each kind of text. */
const assignments: Record<Place, readonly Write[]> = {
  ini: [
    (n, v) => `[main]\n${snake(n)} = ${v}\nretries = 3`,
    (n, v) => `${env(n)}=${v}\nDEBUG=1`,
    (n, v) => `# settings\n${env(n)}="${v}"\nDEBUG=1`,
    (n, v) => `app.${dotted(n)}=${v}\napp.port=80`,
    (n, v) => `export ${env(n)}='${v}'`,
    (n, v) => `${camel(n)}:${v}\nport: 80`,
  ],
  YAML: [
    (n, v) => `main:\n  ${snake(n)}: "${v}"\n  port: 80`,
    (n, v) => `main:\n  ${camel(n)}: '${v}' # for the tests\n  port: 80`,
    (n, v) => `main:\n  ${kebab(n)}: ${bare(v)}\n  port: 80`,
    (n, v) => `env:\n  - ${env(n)}=${v}\n  - DEBUG=1`,
    (n, v) => `main: { ${snake(n)}: "${v}", port: 80 }`,
    (n, v) => `env:\n  - name: ${env(n)}\n    value: "${v}"`,
    (n, v) => `${snake(n)}: |\n  ${v}\nport: 80`,
  ],
  JSON: [
    (n, v) => JSON.stringify({ [camel(n)]: v, port: 80 }),
    (n, v) => JSON.stringify({ main: { [snake(n)]: v, port: 80 } }, null, 2),
    (n, v) => JSON.stringify({ environment: [{ name: env(n), value: v }] }, null, 2),
    (n, v) => JSON.stringify({ [kebab(n)]: [v] }),
    // A password of digits is a number to whoever forgets the quotes.
    (n, v) =>
      /^[1-9]\d{3,14}$/.test(v)
        ? `{ "${camel(n)}": ${v}, "port": 80 }`
        : JSON.stringify({ [n[0] ?? ""]: { [snake(n)]: v } }),
    (n, v) => JSON.stringify({ payload: JSON.stringify({ [snake(n)]: v, port: 80 }) }),
  ],
  code: [
    (n, v) => `const ${camel(n)} = "${v}";`,
    (n, v) => `  private static final String ${env(n)} = "${v}";`,
    (n, v) => `${snake(n)} = '${v}'\nprint("ready")`,
    (n, v) => `\t${camel(n)} := "${v}"`,
    (n, v) => `return ['${snake(n)}' => '${v}', 'port' => 80];`,
    (n, v) => `connect(host="db", ${snake(n)}="${v}", port=80)`,
    (n, v) => `os.environ["${env(n)}"] = "${v}"`,
    (n, v) => `const ${env(n)}: &str = "${v}";`,
    (n, v) => `config.Set("${pascal(n)}", "${v}");`,
    (n, v) => `#define ${env(n)} "${v}"`,
    (n, v) => `const options = { ${camel(n)}: \`${v}\`, port: 80 };`,
    (n, v) => `process.env.${env(n)} ||= "${v}";`,
    (n, v) => `x = os.getenv("${env(n)}", "${v}")`,
  ],
  Markdown: [
    (n, v) => `Set \`${env(n)}=${v}\` before you start.`,
    (n, v) => `- ${title(n)}: ${v}\n- Host: example.com`,
    (n, v) => `| Setting | Value |\n|---|---|\n| ${snake(n)} | \`${v}\` |`,
    (n, v) => `## Access\n\n**${title(n)}:** \`${v}\`\n\nKeep it safe.`,
    (n, v) => `\`\`\`sh\nexport ${env(n)}="${v}"\n\`\`\``,
    (n, v) => `${title(n)}: \`${v}\``,
    (n, v) => `| ${title(n)} | ${v} |`,
  ],
  XML: [
    (n, v) => `<main><${camel(n)}>${xml(v)}</${camel(n)}><port>80</port></main>`,
    (n, v) => `<main host="db" ${kebab(n)}="${xml(v)}" port="80"/>`,
    (n, v) => `<add key="${pascal(n)}" value="${xml(v)}" />`,
    (n, v) => `<property name="${dotted(n)}" value='${xml(v)}'/>`,
    (n, v) => `<property name="${camel(n)}">${xml(v)}</property>`,
    (n, v) => `<entry key="${snake(n)}">\n  ${xml(v)}\n</entry>`,
  ],
  shell: [
    (n, v) => `export ${env(n)}="${v}"`,
    (n, v) => `app serve --${kebab(n)}="${v}" --port 80`,
    (n, v) => `app serve --${kebab(n)} '${v}' --port 80`,
    (n, v) => `docker run -e ${env(n)}='${v}' -p 80:80 app`,
    (n, v) => `helm upgrade app . --set ${camel(n)}="${v}"`,
    (n, v) => `ENV ${env(n)}="${v}"`,
    (n, v) => `[Environment]::SetEnvironmentVariable("${env(n)}", "${v}")`,
    (n, v) => `$Env:${env(n)} = "${v}"`,
  ],
};

/** How a text of one line or more stands inside another. */
const holders: Record<Place, readonly ((body: string) => string)[]> = {
  ini: [
    (body) => (body.includes("\n") ? `setting = "${escaped(body)}"` : `setting = ${body}`),
    (body) => `# ${body.split("\n").join("\n# ")}\nport = 80`,
    (body) => `SETTING='${body}'\nPORT=80`,
  ],
  YAML: [
    (body) => `main:\n  setting: |\n${indented(body, "    ")}\n  port: 80`,
    (body) => `main:\n  - >-\n${indented(body, "      ")}\n  - 80`,
    (body) => `setting: "${escaped(body)}"\nport: 80`,
  ],
  JSON: [
    (body) => JSON.stringify({ setting: body, port: 80 }, null, 2),
    (body) => JSON.stringify([body, "x"]),
    (body) => JSON.stringify({ payload: JSON.stringify({ setting: body }) }),
  ],
  code: [
    (body) => `const setting = \`${body}\`;\nconst port = 80;`,
    (body) => `char *setting = "${escaped(body)}";`,
    (body) => `setting = """\n${body}\n"""\nport = 80`,
    (body) => `  // ${body.split("\n").join("\n  // ")}\n  run();`,
    (body) =>
      body
        .split("\n")
        .map((line) => `  "${line.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}\\n" +`)
        .join("\n"),
  ],
  Markdown: [
    (body) => `# Notes\n\n\`\`\`\n${body}\n\`\`\`\n\nThe end.`,
    (body) => `1. Then this:\n\n${indented(body, "       ")}\n\n2. Done`,
    (body) => `> ${body.split("\n").join("\n> ")}\n\nThe end.`,
    (body) => (body.includes("\n") ? `Use\n${body}\nthen.` : `Use \`${body}\` then.`),
  ],
  XML: [
    (body) => `<main>\n  <setting>${xml(body)}</setting>\n</main>`,
    (body) => `<main><![CDATA[${body}]]></main>`,
    (body) => `<main><!-- ${body} --></main>`,
  ],
  shell: [
    (body) => `cat > file <<EOF\n${body}\nEOF`,
    (body) => `# ${body.split("\n").join("\n# ")}\nls`,
    (body) => (body.includes("\n") ? `SETTING=$'${escaped(body)}'` : `${body}\nls`),
  ],
};

/** A name with its value as it may stand in this kind of text. */
export function assign(place: Place, r: Random, words: readonly string[], value: string): string {
  return r.pick(assignments[place])(words, value);
}

/** A text as it may stand inside this kind of text. */
export function hold(place: Place, r: Random, body: string): string {
  return r.pick(holders[place])(body);
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function indented(text: string, by: string): string {
  return text
    .split("\n")
    .map((line) => by + line)
    .join("\n");
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** YAML wants quotes around values with signs that it reads otherwise. */
function bare(value: string): string {
  return /^[\w.+/=:~-]+$/.test(value) ? value : `"${value}"`;
}
