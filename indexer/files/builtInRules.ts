/**
 * What Carrel leaves out by itself, because programs made it from other files. Directories here are never
 * entered and, like what `.gitignore` names, not listed; files are listed, each kind with its reason. A "!"
 * pattern in `.carrelignore` takes a directory in, except those of version control.
 */

/** Never entered, whatever an ignore file says. */
const versionControl = new Set([".git", ".hg", ".svn", ".jj", "CVS", "_darcs", ".bzr"]);

/** Installed packages, caches and build output, under names that mean nothing else. */
const generated = new Set([
  "node_modules",
  "bower_components",
  "jspm_packages",
  "__pycache__",
  "site-packages",
  ".venv",
  ".tox",
  ".nox",
  ".eggs",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  ".hypothesis",
  ".ipynb_checkpoints",
  ".gradle",
  ".next",
  ".nuxt",
  ".output",
  ".svelte-kit",
  ".angular",
  ".astro",
  ".docusaurus",
  ".parcel-cache",
  ".turbo",
  ".cache",
  ".nyc_output",
  ".terraform",
  ".dart_tool",
  ".vs",
  ".vscode-test",
  ".yarn",
  ".pnpm-store",
  ".bundle",
  ".stack-work",
  ".metals",
  ".bloop",
  ".Trash",
  "DerivedData",
  "Pods",
  "dist",
]);

/** Names that people use for their own things too: build output only beside one of these files. */
const besideMarkers: Readonly<Record<string, RegExp>> = {
  target: /^(Cargo\.toml|pom\.xml|build\.sbt|project\.clj)$/,
  build: /^(package\.json|build\.gradle(\.kts)?|CMakeLists\.txt|setup\.py|pyproject\.toml|pubspec\.yaml)$/,
  out: /^(package\.json|tsconfig\.json|build\.gradle(\.kts)?|CMakeLists\.txt)$/,
  bin: /\.(cs|fs|vb)proj$/,
  obj: /\.(cs|fs|vb)proj$/,
  venv: /^(requirements\.txt|setup\.py|pyproject\.toml|Pipfile)$/,
  env: /^(requirements\.txt|setup\.py|pyproject\.toml|Pipfile)$/,
  coverage: /^(package\.json|pyproject\.toml)$/,
};

/** A directory that no ignore file may take in. */
export function isVersionControl(name: string): boolean {
  return versionControl.has(name);
}

/**
 * A directory that is left out unless `.carrelignore` takes it in.
 * @param siblings The names beside it, by which build output is told from a person's own folder.
 */
export function isGeneratedDirectory(name: string, siblings: Iterable<string>): boolean {
  if (generated.has(name) || name.endsWith(".egg-info")) return true;
  const marker = Object.hasOwn(besideMarkers, name) ? besideMarkers[name] : undefined;
  if (!marker) return false;
  for (const sibling of siblings) if (marker.test(sibling)) return true;
  return false;
}

const lockFiles = new Set([
  "package-lock.json",
  "npm-shrinkwrap.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lock",
  "bun.lockb",
  "composer.lock",
  "Gemfile.lock",
  "Cargo.lock",
  "Pipfile.lock",
  "poetry.lock",
  "pdm.lock",
  "uv.lock",
  "go.sum",
  "flake.lock",
  "mix.lock",
  "pubspec.lock",
  "Podfile.lock",
  "packages.lock.json",
  "gradle.lockfile",
]);

const systemFiles = new Set([".DS_Store", "Thumbs.db", "desktop.ini", ".localized"]);

/** Why a file of this name is not read, though its format may be; undefined when it may. */
export function generatedFileReason(name: string): string | undefined {
  if (lockFiles.has(name)) return "A package manager's lock file: made from other files.";
  if (systemFiles.has(name)) return "A file of the operating system.";
  if (/\.min\.(js|mjs|css)$/i.test(name)) return "Minified: made from other files.";
  return undefined;
}
