import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

interface PageBundle {
  readonly script: string;
  readonly style: string;
}

const bundles = new Map<string, Promise<PageBundle>>();

/** The bundle of a page that begins at this file, as the build makes it: in memory, once for all tests of a file. */
export function pageBundle(entry: string): Promise<PageBundle> {
  const made = bundles.get(entry) ?? bundled(entry);
  bundles.set(entry, made);
  return made;
}

async function bundled(entry: string): Promise<PageBundle> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: "dist",
    write: false,
    bundle: true,
    format: "iife",
    platform: "browser",
    target: "chrome130",
    tsconfig: "webview/tsconfig.json",
    logLevel: "error",
  });
  const text = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? "";
  return { script: text(".js"), style: text(".css") };
}
