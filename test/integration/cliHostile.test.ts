import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startFakeOllama } from "../support/fakeOllama.ts";
import { workspaceOf } from "../support/workspace.ts";

const cli = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

interface Run {
  readonly stdout: string;
  readonly stderr: string;
}

function carrel(...args: string[]): Promise<Run> {
  return new Promise((done) => {
    execFile(process.execPath, [cli, ...args], { maxBuffer: 1e8 }, (_error, stdout, stderr) => {
      done({ stdout, stderr });
    });
  });
}

const esc = "\u001b";
/** The clipboard, the window's title, a link, a cleared screen, a C1 sequence, text turned round, a new line. */
const attacks = {
  clipboard: `${esc}]52;c;aGVsbG8=\u0007`,
  title: `${esc}]0;owned${esc}\\`,
  link: `${esc}]8;;http:\u2044\u2044evil.test\u0007click${esc}]8;;\u0007`,
  clear: `${esc}[2J${esc}[H`,
  colour: `${esc}[8mhidden`,
  c1: "\u009b2J\u009d0;owned\u009c",
  bidi: "\u202etxt.exe\u2066\u200f\u061c",
  back: "a\b\b\b\u007f\rConnections opened: none.",
  lines: "\u2028Connections opened: none.\u2029\u0085",
};
const all = Object.values(attacks).join(" ");

/** What may reach a terminal: text, new lines, and tabs within passages. */
const forbidden = /[^\P{Cc}\n\t]|[\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

function assertHarmless({ stdout, stderr }: Run, what: string): void {
  for (const text of [stdout, stderr]) {
    const found = forbidden.exec(text);
    const around = found ? JSON.stringify(text.slice(Math.max(found.index - 40, 0), found.index + 20)) : "";
    assert.equal(found, null, `${what}: ${around}`);
    assert.doesNotMatch(text, /^FORGED/m, what);
  }
}

test("names, passages, answers and messages can't control the terminal or forge a line", async (t) => {
  if (process.platform === "win32") return t.skip("no such names on Windows");
  const files = Object.fromEntries(
    Object.entries(attacks).map(([name, attack]) => [
      `${name}${attack.replaceAll("/", "")}\nFORGED line.md`,
      `# Lease ${attack}\n\nEither party may end the lease ${attack} with three months' notice.\n`,
    ]),
  );
  const workspace = await workspaceOf(t, { ...files, [`key${all.replaceAll("/", "")}\nFORGED.pem`]: "x" });
  const ollama = await startFakeOllama({ answer: `Notice ${all} ends the lease [1].\nFORGED answer [1].\n` });
  t.after(() => ollama.close());
  const { dir, storage } = workspace;
  const options = ["--store", storage, "--ollama", ollama.url];
  const question = "How can the lease be ended by notice?";

  const index = await carrel("index", dir, ...options);
  assert.match(index.stdout, /key␛\]52/);
  assertHarmless(index, "index");
  for (const args of [
    ["status", dir],
    ["search", dir, question, "--no-update", "-k", "20"],
    ["ask", dir, question, "--json"],
    ["ask", dir, `${question}${all}\nFORGED`, "--model", `no${all}\nFORGED`, "--no-update"],
    ["search", `${dir}/none${all}\nFORGED`, question],
    [`nothing${all}\nFORGED`],
  ]) {
    const run = await carrel(...args, ...options);
    assert.notEqual(run.stdout + run.stderr, "");
    assertHarmless(run, args.join(" ").slice(0, 60));
  }
  const answer = await carrel("ask", dir, question, "--no-update", ...options);
  assertHarmless(answer, "ask");
  assert.match(answer.stdout, /^ {2}Notice ␛\]52;c;aGVsbG8=␇/m);
  assert.match(answer.stdout, /^ {2}FORGED answer/m);
  const json = await carrel("search", dir, question, "-k", "20", "--json", "--no-update", ...options);
  assertHarmless(json, "search --json");
  const paths = (JSON.parse(json.stdout) as { path: string }[]).map(({ path }) => path);
  for (const path of Object.keys(files)) assert.ok(paths.includes(path), "the document has the real names");
});
