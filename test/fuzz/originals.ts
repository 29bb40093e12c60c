import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as xlsx from "@e965/xlsx";
import { formatOf } from "../../protocol/formats.ts";
import { makeDocuments } from "../eval/extractors/documentModel.ts";
import { makeNotebook } from "../eval/extractors/notebooks.ts";
import { toHtml, toLatex } from "../eval/extractors/otherTexts.ts";
import { Random } from "../soak/random.ts";
import { outlookMail } from "../support/outlookMail.ts";
import type { Original } from "./mutations.ts";

/** These are broken already: broken again they would only tell that again. */
const brokenAlready = /^(?:truncated|headerOnly|notReally|renamedZip|encrypted|imageOnly)\./;

/** Sound documents of every format: those of a folder, and what is made here of the formats that it lacks. */
export function originalsIn(folder: string): Original[] {
  const found = readdirSync(folder)
    .filter(
      (name) => formatOf(name).reader !== "text" || /^(?:utf16le|headings|inventory|report)\./.test(name),
    )
    .filter((name) => !brokenAlready.test(name))
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
  return [...found, ...made(found)].filter(({ bytes }) => bytes.length > 0);
}

function made(found: readonly Original[]): Original[] {
  const random = new Random(1);
  const [page] = makeDocuments(random, 1);
  const book = xlsx.utils.book_new();
  const rows = [
    ["Lamp", "Price"],
    ["Fresnel", 48.5],
    ["Wick", 1.25],
  ];
  xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet(rows), "Lamps");
  const under = (name: string, as: string): Original[] =>
    found.filter((one) => one.name === name).map(({ bytes }) => ({ name: as, bytes }));
  const attached = found.filter(({ name }) => /^(?:report\.docx|book\.xlsx|fivePages\.pdf)$/.test(name));
  return [
    { name: "notebook.ipynb", bytes: Buffer.from(makeNotebook(random, 5)) },
    { name: "lantern.msg", bytes: outlookMail() },
    { name: "lamps.xlsb", bytes: xlsx.write(book, { type: "buffer", bookType: "xlsb" }) as Buffer },
    { name: "lamps.csv", bytes: Buffer.from(xlsx.utils.sheet_to_csv(book.Sheets["Lamps"] ?? {})) },
    { name: "spoken.vtt", bytes: Buffer.from("WEBVTT\n\n00:01.000 --> 00:04.000\nThe lamp is lit.\n") },
    { name: "attached.eml", bytes: Buffer.from(mailWith(attached)) },
    ...(page
      ? [
          { name: "page.html", bytes: Buffer.from(toHtml(page)) },
          { name: "page.tex", bytes: Buffer.from(toLatex(page)) },
        ]
      : []),
    ...under("report.docx", "report.docm"),
    ...under("kickoff.pptx", "kickoff.pptm"),
  ];
}

/** A mail with documents attached, each of which may break by itself. */
function mailWith(documents: readonly Original[]): string {
  const parts = documents.map(({ name, bytes }) => {
    const lines = bytes.toString("base64").replace(/.{76}/g, "$&\r\n");
    return `--b\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}\r\n`;
  });
  return `Subject: Papers\r\nFrom: eve@kestrel.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nHere they are.\r\n${parts.join("")}--b--\r\n`;
}
