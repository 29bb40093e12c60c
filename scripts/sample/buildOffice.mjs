/**
 * Makes the files of sample/ that office programs write, in the formats that an office has, from the sources in
 * sources/office/. Run by hand after a source has changed: `node scripts/sample/buildOffice.mjs`. The results are
 * committed, as those of build.mjs are. Uses LibreOffice (Writer, Calc, Impress), poppler's `pdftoppm`, and
 * Python with reportlab (form.py); fonts are Liberation's.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { toFodp } from "./fodp.mjs";
import { toFods } from "./fods.mjs";
import { toFodt } from "./fodt.mjs";
import { convert } from "./libreOffice.mjs";
import { outlookMail } from "./outlookMail.mjs";
import { scanOf } from "./scan.mjs";

const sources = fileURLToPath(new URL("./sources/office/", import.meta.url));
const sample = fileURLToPath(new URL("../../sample/", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "carrel-office-"));
const firm = "Kestrel Lane Legal";

/** Turns a source into what LibreOffice opens, and that into the file of the sample whose path is given. */
function make(source, turn, target) {
  const flat = turn === toFods ? "fods" : turn === toFodp ? "fodp" : "fodt";
  const document = join(work, `${source.replace(/\.\w+$/, "")}.${flat}`);
  writeFileSync(document, turn(readFileSync(join(sources, source), "utf8")));
  const file = target.startsWith("/") ? target : join(sample, target);
  mkdirSync(dirname(file), { recursive: true });
  convert(document, file, work);
}

/** A text with a line at the foot of each page. */
function text(footer = "", columns = 1) {
  return (source) => toFodt(source, { footer, columns, folder: work });
}

function python(script, ...options) {
  execFileSync("python3", [fileURLToPath(new URL(script, import.meta.url)), ...options], {
    stdio: "inherit",
  });
}

const batteries = {
  subject: "Batteries for your server: our offer 8817",
  from: { name: "Halvard Brekke", address: "brekke@voltbrook.example" },
  to: [{ name: "Silas Quennell", address: "silas.quennell@kestrellane.example" }],
  sent: "2026-05-12T07:41:00Z",
  body: readFileSync(join(sources, "batteries.txt"), "utf8"),
  attachments: { "offer-8817.csv": readFileSync(join(sources, "batteries.csv"), "utf8") },
};

try {
  make("budget-2026.txt", toFods, "finance/budget-2026.xlsx");
  make("open-matters.txt", toFods, "matters/open-matters.xlsx");
  make("equipment.txt", toFods, "finance/equipment.ods");
  make("archive-boxes.txt", toFods, "matters/archive-boxes.xls");
  make("partners-june.txt", toFodp, "meetings/2026-06-03-partners.pptx");
  make("docket-training.txt", toFodp, "handbook/docket-training.odp");
  make("telephone-contract.md", text(firm), "contracts/telephone-draft.docx");
  make("heirs-checklist.md", text(firm), "clients/heirs-checklist.odt");
  make("terms-of-engagement.md", text(firm), "clients/terms-of-engagement.rtf");
  make("witness-guide.md", text(), "clients/witness-guide.epub");
  make("newsletter-spring-2026.md", text(`${firm}, spring 2026`, 2), "clients/newsletter-spring-2026.pdf");
  mkdirSync(join(sample, "matters"), { recursive: true });
  python("form.py", join(sources, "legal-aid.json"), join(sample, "matters/legal-aid-application.pdf"));

  const letter = join(work, "letter.pdf");
  make("bank-letter.md", text(), letter);
  writeFileSync(join(sample, "finance/bank-letter-scan.pdf"), scanOf(letter, work));

  const offer = join(work, "offer.pdf");
  make("lift-offer.md", text("Skylark Lifts"), offer);
  mkdirSync(join(sample, "mail"), { recursive: true });
  python("mails.py", join(sample, "mail"), offer);
  writeFileSync(join(sample, "mail/server-batteries.msg"), outlookMail(batteries));
  python("notebook.py", join(sample, "reports/waiting-times.ipynb"));
} finally {
  rmSync(work, { recursive: true, force: true });
}
