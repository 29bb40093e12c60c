import assert from "node:assert/strict";
import * as vscode from "vscode";

suite("Activation", () => {
  test("the extension activates and registers every command of its manifest", async () => {
    const extension = vscode.extensions.getExtension("carrel.carrel");
    assert.ok(extension, "VS Code does not know the extension.");
    await extension.activate();
    const manifest = extension.packageJSON as { contributes: { commands: { command: string }[] } };
    const declared = manifest.contributes.commands.map(({ command }) => command);
    assert.ok(declared.length > 0);
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      declared.filter((command) => !registered.has(command)),
      [],
    );
  });
});
