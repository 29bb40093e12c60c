/**
 * Makes the PDF and DOCX files of sample/ and of test/fixtures/files/ from the sources beside this script.
 * Run by hand after a source has changed: `node scripts/sample/build.mjs`. The results are committed, so that
 * neither the set-up nor the tests need the programs used here: LibreOffice Writer (`soffice`), poppler's
 * `pdftoppm`, `qpdf`, `pandoc` and `zip`; on Debian the packages libreoffice-writer-nogui, poppler-utils, qpdf, pandoc,
 * zip and fonts-liberation.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CFB } from "@e965/xlsx";
import { makeBytes } from "./bytes.mjs";
import { toFodt } from "./fodt.mjs";
import { convert as toFormat } from "./libreOffice.mjs";

const sources = fileURLToPath(new URL("./sources/", import.meta.url));
const sample = fileURLToPath(new URL("../../sample/", import.meta.url));
const fixtures = fileURLToPath(new URL("../../test/fixtures/files/", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "carrel-sample-"));

/** Has LibreOffice write a document in the format that the target's ending says. */
function office(document, target) {
  toFormat(document, target, work);
}

/** LibreOffice adds a picture of the first slide, twenty times as large as the slides: only these are kept. */
function slidesOf97(document, target) {
  const whole = join(work, "whole.ppt");
  office(document, whole);
  const from = CFB.read(readFileSync(whole), { type: "buffer" });
  const to = CFB.utils.cfb_new();
  for (const name of ["Current User", "PowerPoint Document"]) {
    CFB.utils.cfb_add(to, `/${name}`, CFB.find(from, name).content);
  }
  writeFileSync(target, CFB.write(to, { type: "buffer" }));
}

/** Converts one source to `target`, whose ending says what it becomes. */
function convert(name, target, footer) {
  const fodt = join(work, `${name}.fodt`);
  writeFileSync(fodt, toFodt(readFileSync(join(sources, `${name}.md`), "utf8"), { footer, folder: work }));
  toFormat(fodt, target, work);
}

try {
  const firm = "Kestrel Lane Legal";
  convert("office-lease", join(sample, "contracts/office-lease.pdf"), "Lease, 12 Kestrel Lane");
  convert("fee-schedule-2026", join(sample, "clients/fee-schedule-2026.pdf"), `${firm}, fee schedule 2026`);
  convert(
    "annual-report-2025",
    join(sample, "reports/annual-report-2025.pdf"),
    `${firm}, annual report 2025`,
  );
  convert("new-starters", join(sample, "handbook/new-starters.docx"), firm);
  convert("incident-response", join(sample, "policies/incident-response.docx"), firm);

  office(join(sources, "slip.fodt"), join(fixtures, "slip.doc"));
  for (const ending of ["xlsx", "ods", "xls"]) {
    office(join(sources, "book.fods"), join(fixtures, `book.${ending}`));
  }
  for (const ending of ["pptx", "odp"]) {
    office(join(sources, "kickoff.fodp"), join(fixtures, `kickoff.${ending}`));
  }

  convert("fivePages", join(fixtures, "fivePages.pdf"), "");
  convert("twoFonts", join(fixtures, "twoFonts.pdf"), "");
  convert("report", join(fixtures, "report.docx"), "");
  for (const ending of ["odt", "rtf", "epub", "doc", "fodt", "html"]) {
    office(join(fixtures, "report.docx"), join(fixtures, `report.${ending}`));
  }
  office(join(fixtures, "book.xlsx"), join(fixtures, "book.fods"));
  office(join(fixtures, "kickoff.pptx"), join(fixtures, "kickoff.fodp"));

  slidesOf97(join(fixtures, "kickoff.pptx"), join(fixtures, "kickoff.ppt"));

  for (const [ending, format] of Object.entries({
    rst: "rst",
    adoc: "asciidoc",
    tex: "latex",
    org: "org",
  })) {
    const target = join(fixtures, `report.${ending}`);
    execFileSync("pandoc", ["-s", "-t", format, "-o", target, join(fixtures, "report.docx")]);
  }

  // The scan: a page as a picture, without a text layer.
  const page = join(work, "scan");
  execFileSync("pdftoppm", [
    ..."-f 1 -l 1 -r 60 -gray -jpeg -singlefile".split(" "),
    join(fixtures, "fivePages.pdf"),
    page,
  ]);
  convert("imageOnly", join(fixtures, "imageOnly.pdf"), "");

  const encrypt = (target, user, owner) =>
    execFileSync("qpdf", [
      "--encrypt",
      user,
      owner,
      "256",
      "--",
      join(fixtures, "fivePages.pdf"),
      join(fixtures, target),
    ]);
  encrypt("encrypted.pdf", "open-sesame", "owner");
  encrypt("ownerPassword.pdf", "", "owner");

  makeBytes(fixtures);
} finally {
  rmSync(work, { recursive: true, force: true });
}
