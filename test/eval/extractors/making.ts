import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findChromium } from "../../../scripts/tools.mjs";
import { Random } from "../../soak/random.ts";
import { makeDocuments } from "./documentModel.ts";
import { toFlatBook } from "./flatBook.ts";
import { toFlatSlides } from "./flatSlides.ts";
import { toFlatText } from "./flatText.ts";
import { makeMailboxes } from "./mails.ts";
import { makeNotebook } from "./notebooks.ts";
import { toHtml, toLatex } from "./otherTexts.ts";
import { languages } from "./sentences.ts";

/** A file of a real program, and the text of the source that it was made of. */
export interface MadeFile {
  /** What the table calls it: "pdf of Chromium". */
  readonly group: string;
  readonly path: string;
  readonly source: string;
}

export interface Made {
  readonly files: readonly MadeFile[];
  /** What could not be made, and why. */
  readonly missing: readonly string[];
}

/** LibreOffice's names for its own filters, where the ending alone would not do. */
const filters: Readonly<Record<string, string>> = {
  csv: "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,1",
};
const longest = 600_000;

/** Runs LibreOffice once for all files, with a profile of its own. */
export function convert(files: readonly string[], format: string, to: string): void {
  const profile = pathToFileURL(join(to, "..", "officeProfile")).href;
  execFileSync(
    "soffice",
    [`-env:UserInstallation=${profile}`, "--headless", "--convert-to", format, "--outdir", to, ...files],
    { stdio: "ignore", timeout: longest },
  );
}

export function isThere(program: string): boolean {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;
}

/** About a hundred files in every format, by programs that people use; the same sources for the same seed. */
export function makeFiles(folder: string, seed: number, python: string): Made {
  const maker = new Maker(folder, new Random(seed), python);
  maker.officeFiles();
  maker.webFiles();
  maker.latexFiles();
  maker.notebookFiles();
  maker.mailFiles();
  return maker;
}

class Maker implements Made {
  readonly files: MadeFile[] = [];
  readonly missing: string[] = [];
  private readonly sources: string;
  private readonly out: string;
  private readonly python: string;
  private readonly random: Random;
  private readonly documents;

  constructor(folder: string, random: Random, python: string) {
    this.sources = join(folder, "sources");
    this.out = join(folder, "files");
    for (const one of [this.sources, this.out]) mkdirSync(one, { recursive: true });
    this.python = python;
    this.random = random;
    this.documents = makeDocuments(random, 9);
  }

  officeFiles(): void {
    const { random } = this;
    const texts = this.documents.map((one, i) => this.write(`text${i + 1}.fodt`, toFlatText(one)));
    const books = [4, 12, 60, 200].map((rows, i) =>
      this.write(`book${i + 1}.fods`, toFlatBook(random, rows)),
    );
    const slides = [3, 6, 12, 20].map((count, i) =>
      this.write(`slides${i + 1}.fodp`, toFlatSlides(random, count)),
    );
    if (!isThere("soffice")) {
      this.missing.push("Office documents are missing: LibreOffice (soffice) is not installed.");
      return;
    }
    for (const ending of ["docx", "odt", "rtf", "pdf", "epub"]) this.office(texts, ending);
    for (const ending of ["xlsx", "xls", "ods", "csv"]) this.office(books, ending);
    for (const ending of ["pptx", "odp", "ppt"]) this.office(slides, ending);
    this.office([...books.slice(0, 1), ...slides.slice(0, 2)], "pdf");
  }

  webFiles(): void {
    const pages = this.documents.slice(0, 6).map((one, i) => {
      const html = toHtml(one);
      const path = join(this.out, `page${i + 1}.html`);
      writeFileSync(path, html);
      this.files.push({ group: "html", path, source: html });
      return path;
    });
    const chromium = findChromium();
    if (!chromium) {
      this.missing.push("PDF of Chromium is missing: none is installed.");
      return;
    }
    for (const page of pages) {
      const path = page.replace(/\.html$/, ".chromium.pdf");
      const options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"];
      execFileSync(chromium, [...options, `--print-to-pdf=${path}`, pathToFileURL(page).href], {
        stdio: "ignore",
        timeout: longest,
      });
      this.add("pdf of Chromium", path, page);
    }
  }

  latexFiles(): void {
    if (!isThere("pdflatex")) {
      this.missing.push("PDF of LaTeX is missing: pdflatex is not installed.");
      return;
    }
    const latin = languages.slice(0, 6);
    for (const [i, one] of makeDocuments(this.random, 4, latin).entries()) {
      const source = this.write(`latex${i + 1}.tex`, toLatex(one));
      const options = ["-interaction=batchmode", `-output-directory=${this.out}`, source];
      // It ends with an error also where it only warns, and has written its file all the same.
      spawnSync("pdflatex", options, { stdio: "ignore", timeout: longest });
      this.add("pdf of LaTeX", join(this.out, `latex${i + 1}.pdf`), source);
    }
  }

  notebookFiles(): void {
    for (const [i, cells] of [4, 12, 30].entries()) {
      const source = makeNotebook(this.random, cells);
      const path = join(this.out, `notebook${i + 1}.ipynb`);
      writeFileSync(path, source);
      this.files.push({ group: "ipynb", path, source });
    }
  }

  mailFiles(): void {
    if (!isThere(this.python)) {
      this.missing.push(`Mails are missing: ${this.python} is not installed.`);
      return;
    }
    const attachable = this.files
      .map(({ path }) => path)
      .filter((path) => /(?:1|2)\.(?:docx|csv|pdf|xlsx)$/.test(path));
    const boxes = makeMailboxes(this.random, attachable);
    const script = fileURLToPath(new URL("makeMail.py", import.meta.url));
    execFileSync(this.python, [script, this.out], { input: JSON.stringify(boxes), timeout: longest });
    for (const { name, mails } of boxes) {
      const ending = mails.length === 1 ? "eml" : "mbox";
      const attached = this.files.filter(({ path }) => mails.some((one) => one.attachments.includes(path)));
      const source = JSON.stringify(mails) + attached.map((one) => one.source).join("\n");
      this.files.push({ group: ending, path: join(this.out, `${name}.${ending}`), source });
    }
  }

  private office(sources: readonly string[], ending: string): void {
    convert(sources, filters[ending] ?? ending, this.out);
    for (const source of sources) {
      const path = join(this.out, basename(source).replace(/\.\w+$/, `.${ending}`));
      // The CSV of one sheet carries the sheet's name.
      const sheet = readdirSync(this.out).find((name) => name.startsWith(`${basename(source, ".fods")}-`));
      if (ending === "csv" && sheet !== undefined) renameSync(join(this.out, sheet), path);
      this.add(ending === "pdf" ? "pdf of LibreOffice" : ending, path, source);
    }
  }

  private add(group: string, path: string, source: string): void {
    if (existsSync(path)) this.files.push({ group, path, source: readFileSync(source, "utf8") });
    else this.missing.push(`${basename(path)} was not made.`);
  }

  private write(name: string, text: string): string {
    const path = join(this.sources, name);
    writeFileSync(path, text);
    return path;
  }
}
