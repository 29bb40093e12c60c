/** The fixtures that are odd on purpose: text in other encodings, and files that are cut off or mislabelled. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import iconv from "iconv-lite";
import { pdfBerth } from "./pdfBerth.mjs";
import { wordLease } from "./wordLease.mjs";

const ENGLISH = `The lighthouse keeper's log

The lamp was lit at 17:42 and burned until dawn. The wick was trimmed twice — once at nine, once at three.
A schooner named “Perdita” passed at a distance of four miles, heading for the fjord near Ålesund.
Oil used: 3½ pints. Cost: €1.20. The naïve apprentice slept through the second watch.
`;

const FRENCH = `Journal du jardin botanique

Le printemps est arrivé tôt cette année. Les premières pivoines ont fleuri près de la serre dès le 12 avril,
et les abeilles ont été aperçues au même moment. L'allée des châtaigniers a été fermée pendant trois jours,
parce qu'une branche menaçait de tomber. Le jardinier espère que la récolte de mûres sera meilleure qu'à l'été
dernier, où la grêle avait tout abîmé. Le mot caché de ce fichier est : pâquerette.
`;

const GERMAN = `# Wegweiser für die Bücherei

## Öffnungszeiten

Die Bücherei ist dienstags bis samstags von 10 bis 18 Uhr geöffnet – an Feiertagen bleibt sie geschlossen.
Größere Gruppen melden sich bitte zwei Tage vorher an. Für Schäden an geliehenen Büchern zahlt man höchstens 20 €.

## Gebühren

* Jahreskarte für Erwachsene: 18 €
* Schülerinnen und Schüler: kostenlos
* Mahnung „nach vier Wochen“: 2 €

Das versteckte Wort dieser Datei lautet „Lesezeichen“.
`;

const JAPANESE = `灯台の日誌

今日は朝から晴れていて、海は静かでした。午後になると風が少し強くなり、白い波が見えました。
灯台のランプは午後五時四十分に点灯し、夜明けまで燃え続けました。
見習いの少年は、望遠鏡で遠くの船を三隻見つけました。
この文書の合言葉は「かもめ」です。明日は油を運ぶ船が港に着く予定です。
`;

/** Bytes that look like nothing, the same on every run (a linear congruential generator). */
function noise(length) {
  const bytes = Buffer.alloc(length);
  let state = 20260117;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Writes them into `folder`, in which fivePages.pdf and report.docx must be already. */
export function makeBytes(folder) {
  const write = (name, content) => writeFileSync(join(folder, name), content);
  write("empty.txt", "");
  write("blank.txt", " \n\t\n\n");
  write("utf8Bom.txt", iconv.encode(ENGLISH, "utf8", { addBOM: true }));
  write("utf16le.txt", iconv.encode(ENGLISH, "utf-16le", { addBOM: true }));
  write("utf16be.txt", iconv.encode(ENGLISH, "utf-16be", { addBOM: true }));
  write("latin1.txt", iconv.encode(FRENCH, "latin1"));
  write("windows1252.md", iconv.encode(GERMAN.replaceAll("\n", "\r\n"), "windows-1252"));
  write("shiftJis.txt", iconv.encode(JAPANESE, "shift_jis"));
  write("binary.txt", noise(4096));

  const pdf = readFileSync(join(folder, "fivePages.pdf"));
  write("truncated.pdf", pdf.subarray(0, Math.floor(pdf.length * 0.5)));
  const wrong = pdf.toString("latin1").replace(/startxref\s+\d+\s+%%EOF\s*$/, "startxref\n7\n");
  write("wrongOffset.pdf", Buffer.from(wrong, "latin1"));
  write("headerOnly.pdf", pdf.subarray(0, 200));
  write("notReally.pdf", ENGLISH);
  const docx = readFileSync(join(folder, "report.docx"));
  write("truncated.docx", docx.subarray(0, Math.floor(docx.length * 0.6)));

  write("berth.pdf", pdfBerth());

  zip(join(folder, "renamedZip.docx"), { "notes.txt": ENGLISH });
  zip(join(folder, "lease.docx"), wordLease());
}

/** A ZIP archive of texts by their names, made by \`zip\`. */
function zip(target, texts) {
  const work = mkdtempSync(join(tmpdir(), "carrel-zip-"));
  try {
    for (const [name, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(work, name)), { recursive: true });
      writeFileSync(join(work, name), text);
    }
    execFileSync("zip", ["-q", "-X", "made.zip", ...Object.keys(texts)], { cwd: work });
    copyFileSync(join(work, "made.zip"), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
