import * as vscode from "vscode";

/**
 * When the command palette closes, VS Code gives a web page that had the focus its focus back a moment later
 * (microsoft/vscode#93950). That closes a list that came meanwhile, sooner than a person could.
 */
const focusReturnsMs = 700;

/** Begins when a list is shown; the function tells, once it has closed, whether it is to be shown once more. */
export function watchForFocusReturn(): () => boolean {
  const shownAt = performance.now();
  let hasReturned = false;
  return () => {
    const isReturn = !hasReturned && performance.now() - shownAt < focusReturnsMs;
    hasReturned = true;
    return isReturn;
  };
}

/** A list to choose from, as VS Code shows it; shown once more when the focus' return has closed it. */
export async function chooseFrom<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  options: vscode.QuickPickOptions,
): Promise<Item | undefined> {
  const isFocusReturn = watchForFocusReturn();
  const chosen = await vscode.window.showQuickPick(items, options);
  return chosen ?? (isFocusReturn() ? await vscode.window.showQuickPick(items, options) : undefined);
}
