import * as vscode from "vscode";
import { type CommandName, commandId } from "./commandTable.ts";

/** Under "Refactor" they show in the light bulb and in Refactor…, below an editor's own actions. */
const kind = vscode.CodeActionKind.Refactor.append("carrel");

/** Offers Carrel's actions on a selection; on the word at the cursor only when the person asks for actions. */
export function provideCodeActions(): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    [{ scheme: "file" }, { scheme: "untitled" }],
    {
      provideCodeActions(document, range, context) {
        const asked = context.triggerKind === vscode.CodeActionTriggerKind.Invoke;
        const onWord = document.getWordRangeAtPosition(range.start) !== undefined;
        if (range.isEmpty ? !(asked && onWord) : document.getText(range).trim() === "") return [];
        return [
          action(vscode.l10n.t("Explain with Carrel"), "explain"),
          action(vscode.l10n.t("Find related code and documents"), "findRelated"),
          action(vscode.l10n.t("Ask Carrel about this"), "askSelection"),
        ];
      },
    },
    { providedCodeActionKinds: [kind] },
  );
}

function action(title: string, command: CommandName): vscode.CodeAction {
  const result = new vscode.CodeAction(title, kind);
  result.command = { title, command: commandId(command) };
  return result;
}
