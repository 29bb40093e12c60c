/**
 * Writes test/webview/themes.json: the colours of a real VS Code's themes, as far as the panel uses them.
 * Run by hand when the panel uses a new one or VS Code's themes change: node test/webview/dumpThemes.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCodeServer } from "../../scripts/codeServer.ts";
import { launchBrowser } from "../support/browser.ts";
import { usedVariables } from "./themes.ts";

const themes = {
  dark: { id: "Default Dark Modern", file: "dark_modern" },
  light: { id: "Default Light Modern", file: "light_modern" },
  "high-contrast": { id: "Default High Contrast", file: "hc_black" },
  "high-contrast-light": { id: "Default High Contrast Light", file: "hc_light" },
};

const used = new Set([...usedVariables(), "--vscode-sideBar-background"]);
const browser = await launchBrowser();
const result: Record<string, Record<string, string>> = {};
for (const [name, theme] of Object.entries(themes)) {
  const folder = mkdtempSync(join(tmpdir(), "carrel-themes-"));
  const server = await startCodeServer({
    userData: join(folder, "data"),
    extensions: join(folder, "extensions"),
    settings: { "workbench.colorTheme": theme.id, "window.autoDetectColorScheme": false },
  });
  try {
    const page = await browser.newPage();
    await page.goto(server.url(folder));
    await page.locator(".monaco-workbench .statusbar").waitFor({ timeout: 60_000 });
    // The theme of the settings comes after a default one; its file's name is in the class.
    await page.locator(`.monaco-workbench[class*="${theme.file}"]`).waitFor({ timeout: 60_000 });
    const rules = await page.evaluate<string[]>(
      `[...document.styleSheets].flatMap((sheet) => { try { return [...sheet.cssRules]; } catch { return []; } })
        .filter((rule) => rule.selectorText === ".monaco-workbench" && rule.cssText.includes("--vscode-foreground"))
        .map((rule) => rule.cssText)`,
    );
    const colours: Record<string, string> = {};
    for (const rule of rules) {
      for (const [, key, value] of rule.matchAll(/(--vscode-[\w-]+): ([^;]+);/g)) {
        if (key && value && used.has(key)) colours[key] = value.trim();
      }
    }
    result[name] = colours;
    await page.close();
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
await browser.close();
const target = fileURLToPath(new URL("themes.json", import.meta.url));
writeFileSync(target, `${JSON.stringify(result, null, 1)}\n`);
for (const [name, colours] of Object.entries(result))
  console.log(name, Object.keys(colours).length, "colours");
