import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const styles = fileURLToPath(new URL("../../webview/styles/", import.meta.url));

/** The themes in which the panel is tested, with VS Code's own class for each. */
export const themeClasses = {
  dark: "vscode-dark",
  light: "vscode-light",
  "high-contrast": "vscode-high-contrast",
  "high-contrast-light": "vscode-high-contrast-light",
} as const;

export type ThemeName = keyof typeof themeClasses;

/** What VS Code gives every webview beside the theme's colours. */
const fonts = {
  "--vscode-font-family": 'system-ui, "Ubuntu", "Droid Sans", sans-serif',
  "--vscode-font-size": "13px",
  "--vscode-font-weight": "normal",
  "--vscode-editor-font-family": '"Droid Sans Mono", monospace',
};

/** The variables of a theme, as VS Code sets them on the page's root. */
export function themeVariables(name: ThemeName): Record<string, string> {
  const file = new URL("themes.json", import.meta.url);
  const themes = JSON.parse(readFileSync(file, "utf8")) as Record<ThemeName, Record<string, string>>;
  return { ...themes[name], ...fonts };
}

/** The text of all style sheets of the panel. */
function styleSheets(): string {
  return readdirSync(styles)
    .filter((name) => name.endsWith(".css"))
    .map((name) => readFileSync(`${styles}/${name}`, "utf8"))
    .join("\n");
}

/** Every variable of VS Code that the panel's style sheets use. */
export function usedVariables(): string[] {
  return [...new Set(styleSheets().match(/--vscode-[\w-]+/g))];
}
