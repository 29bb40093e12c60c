import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "../../scripts/tools.mjs";

const scratch = mkdtempSync(join(tmpdir(), "carrel-scripts-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

function script(name: string, ...args: string[]): { status: number | null; output: string } {
  const file = join(root, "scripts", name);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: "utf8" });
  return { status, output: stdout + stderr };
}

test("the set-up is silent when all is in place", () => {
  assert.equal(script("setup.mjs").status, 0);
  assert.deepEqual(script("setup.mjs", "--tests"), { status: 0, output: "" });
});

test("npm run vscode names what is wrong with its arguments, and ends with 2", () => {
  const file = join(scratch, "file.txt");
  writeFileSync(file, "");
  const cases: [string[], RegExp][] = [
    [[join(scratch, "nowhere")], /There is no folder .*nowhere/],
    [[file], /file\.txt is not a folder/],
    [[scratch, scratch], /More than one folder/],
    [["--port", "high"], /high is not a port/],
    [["--colour"], /--colour/],
  ];
  for (const [args, message] of cases) {
    const { status, output } = script("vscode.mjs", ...args);
    assert.equal(status, 2, output);
    assert.match(output, message);
    assert.match(output, /Use: npm run vscode/);
  }
});

test("npm run vscode prints the address of a VS Code, which ends with Ctrl+C", async () => {
  const folder = join(scratch, "a folder");
  mkdirSync(folder);
  const child = spawn(process.execPath, [join(root, "scripts/vscode.mjs"), folder], {
    // Without a display it is the one in the browser, also on a desktop.
    env: { ...process.env, DISPLAY: "", WAYLAND_DISPLAY: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let output = "";
      child.stdout.on("data", (data) => {
        output += data;
        const match = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(output);
        if (match) resolve(match[0]);
      });
      void exited.then((code) => reject(new Error(`It ended with ${code}.`)));
    });
    const page = await (await fetch(address)).text();
    assert.match(page, /vscode-workbench-web-configuration/);
    child.kill("SIGINT");
    assert.equal(await exited, 0);
    await assert.rejects(fetch(address), "The server is still there.");
  } finally {
    child.kill("SIGKILL");
  }
});

test("npm start finds what it asks of the sample, before the second pass has come by", () => {
  const home = join(scratch, "home");
  mkdirSync(home);
  const env = { ...process.env, HOME: home, XDG_CACHE_HOME: home, XDG_DATA_HOME: home, LOCALAPPDATA: home };
  const file = join(root, "scripts", "start.mjs");
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", env });
  assert.match(stdout, /contracts\/office-lease\.pdf, page 3/, stdout + stderr);
  assert.match(stdout, /350 kilograms per square metre/);
  assert.match(stdout, /Your own files: {2}npm start/);
});
