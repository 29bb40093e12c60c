/**
 * What Carrel leaves out by itself. Directories here are never entered and, like what `.gitignore` names, not
 * listed; files of formats that hold no text are listed, each kind with its reason. A "!" pattern in
 * `.carrelignore` takes a directory in, except those of version control.
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

const formats: Readonly<Record<string, string>> = {
  "An image: Carrel reads text only.":
    "png jpg jpeg jpe jfif gif bmp ico icns cur webp avif heic heif tif tiff svg psd ai eps xcf raw cr2 nef dng jxl dds tga hdr exr fig sketch blend",
  "Sound or video: Carrel reads text only.":
    "mp3 wav ogg oga opus flac m4a aac wma mid midi mp4 m4v mkv mov avi webm wmv flv mpg mpeg ogv 3gp",
  "An archive: Carrel does not look inside.":
    "zip gz tgz bz2 tbz xz txz zst 7z rar tar lz4 lzma cab iso dmg img jar war ear apk aab ipa deb rpm msi pkg crx xpi vsix whl egg gem nupkg",
  "A font.": "ttf otf woff woff2 eot ttc pfb fnt",
  "A program or compiled code: Carrel reads the source.":
    "exe dll so dylib a lib o obj ko bin elf com class pyc pyo pyd beam wasm node pdb ilk idb dex rlib rmeta swiftmodule tsbuildinfo",
  "A database or data in a binary format.":
    "db sqlite sqlite3 db3 mdb accdb parquet arrow feather avro orc hdf5 h5 npy npz pkl pickle mat rds rdata dbf frm ibd ldb lance sav dta",
  "A model's weights.": "onnx safetensors gguf ggml pt pth ckpt tflite pb caffemodel mlmodel",
  "A spreadsheet: Carrel does not read this format yet.": "xlsx xlsm xlsb xls ods numbers",
  "A presentation: Carrel does not read this format yet.": "pptx ppt odp",
  "A document in a format that Carrel does not read yet.": "doc odt rtf pages wpd epub mobi azw3 djvu xps",
  "Mail in a format that Carrel does not read yet.": "msg pst ost mbox",
  "A source map: made from other files.": "map",
  "A temporary or backup file.": "swp swo bak tmp temp part crdownload",
  "A three-dimensional model or a drawing.": "stl obj3d fbx glb gltf dwg dxf skp step stp 3ds",
};

const reasonByExtension = new Map(
  Object.entries(formats).flatMap(([reason, list]) => list.split(" ").map((name) => [name, reason] as const)),
);

/** Why a file of this name is not read at all, or undefined when it may be. */
export function unreadableFormat(name: string): string | undefined {
  if (lockFiles.has(name)) return "A package manager's lock file: made from other files.";
  if (systemFiles.has(name)) return "A file of the operating system.";
  if (/\.min\.(js|mjs|css)$/i.test(name)) return "Minified: made from other files.";
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  // "id.bin/" style names without a dot, and names that are all extension (".map"), are not of a format.
  return name.lastIndexOf(".") > 0 ? reasonByExtension.get(extension) : undefined;
}
