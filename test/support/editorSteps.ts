import type { Locator, Page } from "playwright-core";
import { eventually } from "./workspace.ts";

/** What a person does in VS Code's editors. */

/** How long one try of several may take. */
const tryMs = { timeout: 10_000 };

/** Lines whose background is a decoration of an extension. */
export async function highlighted(editor: Locator): Promise<number> {
  return await editor.locator('.view-overlays .cdr[class*="ced-"]').count();
}

/** The cursor stands in an editor, and keys go there. */
export async function editorFocused(page: Page): Promise<void> {
  await page.locator(".editor-instance .monaco-editor.focused").waitFor(tryMs);
}

/** Selects lines of a file that is open. */
export async function selectLines(page: Page, name: string, first: number, last: number): Promise<void> {
  const place = page.locator('.statusbar-item[id="status.editor.selection"]');
  await page.locator(`.tab[data-resource-name="${name}"]`).click(tryMs);
  await editorFocused(page);
  await page.keyboard.press("Control+g");
  await page.locator(".quick-input-widget input").fill(`:${first}`, tryMs);
  await page.keyboard.press("Enter");
  await place.getByText(`Ln ${first}, Col 1`).waitFor(tryMs);
  await editorFocused(page);
  for (let line = first; line <= last; line++) await page.keyboard.press("Shift+ArrowDown");
  await place.getByText(new RegExp(`^Ln ${last + 1}, Col 1 \\(\\d+ selected\\)$`)).waitFor(tryMs);
}

/**
 * VS Code may give up on its first question for actions, while another extension registers its own. Escape then takes
 * the selection away, so each try selects anew.
 */
export async function chooseAction(page: Page, title: string, select: () => Promise<void>): Promise<void> {
  const action = page.locator(".action-widget").getByText(title);
  const isChosen = async (): Promise<boolean> => {
    try {
      await select();
      await page.keyboard.press("Control+.");
      await action.click(tryMs);
      return true;
    } catch {
      await page.keyboard.press("Escape");
      return false;
    }
  };
  await eventually(`the action "${title}"`, isChosen, 180_000);
}
