import * as vscode from "vscode";
import { commandId } from "./commandTable.ts";
import type { EngineClient } from "./engineClient.ts";
import { type StatusView, statusView } from "./statusText.ts";

const backgrounds: Record<StatusView["severity"], string | undefined> = {
  normal: undefined,
  warning: "statusBarItem.warningBackground",
  error: "statusBarItem.errorBackground",
};

/** The status bar's entry: indexing with a count, ready, paused, or a problem; a click shows the details. */
export function createStatusItem(engine: EngineClient): vscode.Disposable & { readonly text: string } {
  const item = vscode.window.createStatusBarItem("carrel.status", vscode.StatusBarAlignment.Right, 100);
  item.name = "Carrel";
  item.command = commandId("showStatus");

  const show = (): void => {
    const view = statusView(engine.state, engine.status);
    if (!view) {
      item.hide();
      return;
    }
    const background = backgrounds[view.severity];
    item.text = view.text;
    item.tooltip = view.detail;
    item.accessibilityInformation = { label: view.label };
    item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    item.show();
  };
  const stops = [engine.onState(show), engine.onStatus(show)];
  show();

  return {
    get text() {
      return item.text;
    },
    dispose() {
      for (const stop of stops) stop();
      item.dispose();
    },
  };
}
