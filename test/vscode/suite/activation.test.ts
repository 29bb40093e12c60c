import assert from "node:assert/strict";
import * as vscode from "vscode";
import { carrel } from "./carrel.ts";

suite("Activation", () => {
  test("activate starts no engine and is fast", async () => {
    const { activationMs } = await carrel();
    console.log(`[test] activate took ${activationMs.toFixed(1)} ms`);
    assert.ok(activationMs > 0);
  });

  test("every command of the manifest is registered", async () => {
    await carrel();
    const extension = vscode.extensions.getExtension("carrel.carrel");
    const manifest = extension?.packageJSON as { contributes: { commands: { command: string }[] } };
    const declared = manifest.contributes.commands.map(({ command }) => command);
    assert.ok(declared.length > 0);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      declared.filter((command) => !registered.has(command)),
      [],
    );
  });
});
