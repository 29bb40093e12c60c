import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as vscode from "vscode";
import { carrel, until, workspaceUri } from "./carrel.ts";

const hostile = {
  "carrel.ollama.url": "http://evil.example:11434",
  "carrel.allowedHosts": ["evil.example"],
  "carrel.chatModel": "spy",
  "carrel.embeddingModel": "ollama:spy",
  "carrel.indexing.exclude": ["from-the-workspace/"],
};

suite("Settings", () => {
  suiteSetup(carrel);

  test("a workspace's settings can't name a host or a model", async () => {
    const file = workspaceUri(".vscode/settings.json").fsPath;
    const read = (name: string): unknown => vscode.workspace.getConfiguration("carrel").get(name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(hostile));
    try {
      // The harmless one says when VS Code has read the file.
      await until("the workspace's settings", () => (read("indexing.exclude") as string[]).length > 0);
      assert.deepEqual(["ollama.url", "allowedHosts", "chatModel", "embeddingModel"].map(read), [
        "http://127.0.0.1:11434",
        [],
        "",
        "bundled",
      ]);
    } finally {
      rmSync(dirname(file), { recursive: true });
    }
  });

  test("the choice of a model is the user's, and can't be written to a workspace", async () => {
    const { Global, Workspace } = vscode.ConfigurationTarget;
    const configuration = vscode.workspace.getConfiguration("carrel");
    await assert.rejects(Promise.resolve(configuration.update("chatModel", "x", Workspace)));
    await configuration.update("chatModel", "qwen3:4b", Global);
    try {
      const { globalValue } = vscode.workspace.getConfiguration("carrel").inspect("chatModel") ?? {};
      assert.equal(globalValue, "qwen3:4b");
    } finally {
      await configuration.update("chatModel", undefined, Global);
    }
  });
});
