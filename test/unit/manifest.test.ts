import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type CommandName, commandId, commandTable } from "../../extension/commandTable.ts";
import { engineSettings, settingNames } from "../../extension/settings.ts";
import { recommendedModel } from "../../models/chat/ollama/recommended.ts";
import { defaultSettings } from "../../protocol/data.ts";
import { formats } from "../../protocol/formats.ts";
import { panelHostContract } from "../../protocol/panel.ts";

interface Menu {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
}
interface Setting {
  readonly scope: string;
  readonly default: unknown;
  readonly markdownDescription: string;
}
interface Step {
  readonly description: string;
  readonly media: { readonly markdown: string };
  readonly completionEvents: readonly string[];
}
interface Manifest {
  readonly icon: string;
  readonly extensionKind: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: string[] };
    readonly virtualWorkspaces: { readonly supported: boolean };
  };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly Menu[]>>;
    readonly submenus: readonly { readonly id: string }[];
    readonly keybindings: readonly { readonly command: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon: string }[]>>;
    readonly customEditors: readonly {
      readonly viewType: string;
      readonly priority: string;
      readonly selector: readonly { readonly filenamePattern: string }[];
    }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly walkthroughs: readonly { readonly id: string; readonly steps: readonly Step[] }[];
  };
}

const root = join(import.meta.dirname, "..", "..");
const text = (path: string): string => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(text("package.json")) as Manifest;
const titles = JSON.parse(text("package.nls.json")) as Record<string, string>;
const { contributes } = manifest;
const sources = globSync("extension/**/*.ts", { cwd: root }).map((path) => ({ path, code: text(path) }));
const commandIds = Object.keys(commandTable).map((name) => commandId(name as CommandName));

test("package.json declares the commands of the table, and no others", () => {
  const declared = contributes.commands.map(({ command, title }) => `${command} ${title}`);
  const inTable = Object.entries(commandTable).map(([name, { title }]) => `carrel.${name} %${title}%`);
  assert.deepEqual(declared.sort(), inTable.sort());
});

test("menus, keys and walkthroughs name commands that exist", () => {
  const submenus = new Set(contributes.submenus.map(({ id }) => id));
  const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  const linked = [...Object.values(titles), ...steps.map((step) => text(step.media.markdown))].flatMap(
    (words) => [...words.matchAll(/command:(carrel\.\w+)/g)].map((match) => match[1] ?? ""),
  );
  const named = [
    ...Object.values(contributes.menus).flatMap((menu) => menu.flatMap(({ command }) => command ?? [])),
    ...contributes.keybindings.map(({ command }) => command),
    ...steps
      .flatMap((step) => step.completionEvents)
      .flatMap((event) => event.match(/^onCommand:(.*)/)?.[1] ?? []),
    ...linked,
  ];
  assert.ok(linked.length >= 4);
  assert.deepEqual(
    named.filter((id) => !commandIds.includes(id)),
    [],
  );
  for (const { submenu } of Object.values(contributes.menus).flat()) {
    if (submenu !== undefined) assert.ok(submenus.has(submenu) && contributes.menus[submenu]?.length);
  }
});

test("each command that the panel may run is in the table", () => {
  const { options } = panelHostContract.requests.command.params.entries.name;
  assert.deepEqual(
    options.filter((name) => !(name in commandTable)),
    // VS Code's own.
    ["openFolder"],
  );
});

const settingIds = settingNames.map((name) => `carrel.${name}`).sort();

test("package.json declares the settings that are read, and no others", () => {
  assert.deepEqual(Object.keys(contributes.configuration.properties).sort(), settingIds);
});

test("settings and commands that the texts of the product name are there", () => {
  const places = "{cli,engine,extension,indexer,models,protocol,text,webview}/**/*.{ts,tsx}";
  const named = [
    ...globSync(places, { cwd: root }),
    "README.md",
    "package.nls.json",
    "l10n/bundle.l10n.json",
  ].flatMap((path) => {
    // A name that is a whole string is an identifier of the code: a view's, a status item's.
    const words = text(path).replaceAll(/"carrel\.[\w.]+"/g, '""');
    return [...words.matchAll(/(?<![\w/@-])carrel(?:\.[a-zA-Z]\w*)+/g)].map(([name]) => ({ path, name }));
  });
  const known = new Set([...commandIds, ...Object.keys(contributes.configuration.properties)]);
  assert.ok(
    named.some(({ path }) => path.startsWith("models/")),
    "the messages were read",
  );
  assert.deepEqual(
    named.filter(({ name }) => !known.has(name)),
    [],
  );
});

test("the recommended model is named in one place of the code, and texts for people name the same", () => {
  const name = recommendedModel.name;
  const size = `${(recommendedModel.bytes / 1e9).toFixed(1)} GB`;
  const code = globSync("{cli,engine,extension,indexer,models,protocol,text,webview}/**/*.{ts,tsx}", {
    cwd: root,
  });
  const naming = code.filter((path) => text(path).includes(`"${name}"`) || text(path).includes(` ${name}`));
  assert.deepEqual(naming, ["models/chat/ollama/recommended.ts"]);

  const texts = ["README.md", "package.nls.json", ...globSync("media/walkthrough/*.md", { cwd: root })];
  const told = texts.flatMap((path) =>
    [...text(path).matchAll(/ollama pull ([\w.:/-]+)/g)].map((match) => ({ path, model: match[1] })),
  );
  assert.deepEqual(told.map(({ path }) => path).sort(), [
    "README.md",
    "media/walkthrough/ollama.md",
    "package.nls.json",
  ]);
  for (const { path, model } of told) assert.equal(model, name, path);
  for (const path of texts) {
    for (const [told] of text(path).matchAll(/\d+\.\d+ GB/g)) assert.equal(told, size, path);
  }
  assert.ok(titles["walkthrough.ollama.description"]?.includes(size));
  assert.ok(titles["setting.chatModel"]?.includes(name));
});

test("no setting can be set by a workspace", () => {
  const open = Object.entries(contributes.configuration.properties).filter(
    ([, { scope }]) => scope !== "machine",
  );
  assert.deepEqual(open, []);
  assert.deepEqual(
    [...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(),
    settingIds,
  );
});

test("the defaults in package.json are the engine's", () => {
  const values = (name: string): unknown => contributes.configuration.properties[`carrel.${name}`]?.default;
  const configuration = {
    inspect: (name: string) => ({ defaultValue: values(name) }),
  };
  assert.deepEqual(engineSettings(configuration), defaultSettings);
});

test("every key of package.nls.json is used, and every used key is there", () => {
  const used = [...text("package.json").matchAll(/"%([\w.]+)%"/g)].map((match) => match[1] ?? "");
  assert.deepEqual([...new Set(used)].sort(), Object.keys(titles).sort());
});

test("the l10n bundle holds the texts of the code", () => {
  const bundle = JSON.parse(text("l10n/bundle.l10n.json")) as Record<string, string>;
  const inCode = sources.flatMap(({ code }) =>
    [...code.matchAll(/l10n\.t\(\s*("(?:[^"\\]|\\.)*")/g)].map(
      (match) => JSON.parse(match[1] ?? '""') as string,
    ),
  );
  const calls = sources.reduce((sum, { code }) => sum + code.split("l10n.t(").length - 1, 0);
  assert.equal(inCode.length, calls, "l10n.t takes a string in double quotes");
  assert.deepEqual([...new Set(inCode)].sort(), Object.keys(bundle).sort());
});

test("when-clauses use context keys that the extension sets", () => {
  const clauses = Object.values(contributes.menus).flatMap((menu) => menu.flatMap(({ when }) => when ?? []));
  const own = clauses.flatMap((when) => [...when.matchAll(/carrel\.\w+/g)].map((match) => match[0]));
  const views = Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id));
  views.push(...contributes.customEditors.map(({ viewType }) => viewType));
  for (const key of new Set(own)) {
    const isSet = sources.some(({ code }) => code.includes(`"setContext", "${key}"`));
    assert.ok(views.includes(key) || isSet, key);
  }
});

test("the reader is offered for every kind of document, and is nobody's default", () => {
  const [reader, ...others] = contributes.customEditors;
  const patterns = reader?.selector.map(({ filenamePattern }) => filenamePattern) ?? [];
  const endings = patterns.flatMap((pattern) => /^\*\.\{(.*)\}$/.exec(pattern)?.[1]?.split(",") ?? []);
  const documents = formats
    .filter(({ kind, mayBeDocument }) => kind === "document" || mayBeDocument)
    .flatMap(({ extensions }) => extensions);
  assert.deepEqual(endings.sort(), documents.sort());
  assert.deepEqual([reader?.priority, others], ["option", []]);
});

test("files that package.json names are there", () => {
  const icons = Object.values(contributes.views).flatMap((list) => list.map(({ icon }) => icon));
  const pages = contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown));
  for (const path of [manifest.icon, ...icons, ...pages]) assert.ok(existsSync(join(root, path)), path);
  const header = readFileSync(join(root, manifest.icon));
  assert.ok(header.readUInt32BE(16) >= 128 && header.readUInt32BE(20) >= 128);
});

test("the extension runs where the files are, and only where they are on a disk", () => {
  assert.deepEqual(manifest.extensionKind, ["workspace"]);
  assert.equal(manifest.capabilities.untrustedWorkspaces.supported, "limited");
  assert.equal(manifest.capabilities.virtualWorkspaces.supported, false);
});
