/** LibreOffice, run without a window and with a profile of its own. */
import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { pathToFileURL } from "node:url";

const FILTERS = { pdf: "pdf:writer_pdf_Export", docx: "docx:MS Word 2007 XML" };

/** Has LibreOffice write a document in the format that the target's ending says; `work` is a folder for what is between. */
export function convert(document, target, work) {
  const format = target.split(".").at(-1);
  const profile = pathToFileURL(join(work, "profile")).href;
  const filter = document.endsWith(".fodt") ? (FILTERS[format] ?? format) : format;
  execFileSync(
    "soffice",
    [`-env:UserInstallation=${profile}`, "--headless", "--convert-to", filter, "--outdir", work, document],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  copyFileSync(join(work, `${basename(document, extname(document))}.${format}`), target);
}
