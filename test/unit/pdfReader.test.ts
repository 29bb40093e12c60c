import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { extract } from "../../indexer/read/extract.ts";
import { linesOfPage } from "../../indexer/read/pdfLines.ts";
import type { TextPiece } from "../../indexer/read/pdfRows.ts";
import { joinHyphens, withoutRepeats } from "../../indexer/read/pdfText.ts";
import { makePdf } from "../support/makePdf.ts";
import { rawPdf } from "../support/rawPdf.ts";

const view = [0, 0, 595, 842];

function piece(str: string, x: number, y: number, more: Partial<TextPiece> = {}): TextPiece {
  return { str, transform: [10, 0, 0, 10, x, y], width: str.length * 5, height: 10, hasEOL: false, ...more };
}

/** Text turned by 90 degrees: lines follow each other to the right. */
function upward(str: string, x: number, y: number): TextPiece {
  return piece(str, 0, 0, { transform: [0, 10, -10, 0, x, y] });
}

const textsOf = (pieces: readonly TextPiece[]): string[] => linesOfPage(pieces, view).map(({ text }) => text);

describe("headings of a PDF with an outline", () => {
  it("are whole where they go on in a second line", async () => {
    const newsletter = new URL("../../sample/clients/newsletter-spring-2026.pdf", import.meta.url);
    const { headings } = await extract(readFileSync(newsletter), "newsletter.pdf");
    const names = headings.map(({ name }) => name);
    for (const name of ["Letting the spare room to tourists", "Heat pumps and quiet nights"])
      assert.ok(names.includes(name), names.join("; "));
  });
});

describe("a PDF with all that hangs on pages", async () => {
  const bytes = readFileSync(new URL("../fixtures/files/berth.pdf", import.meta.url));
  const { text, pages, headings, partly } = await extract(bytes, "berth.pdf");
  const lines = text.split("\n");
  const page = (number: number): string[] => {
    const { startLine = 1 } = pages[number - 1] ?? {};
    const next = pages[number]?.startLine ?? lines.length + 1;
    return lines.slice(startLine - 1, next - 1).filter((line) => line !== "");
  };

  it("says first what the file is called, since no page does", () => {
    assert.equal(page(1)[0], "Agreement on a berth — Åse Lind, 2026-01-05");
  });

  it("has what is filled in beside its labels, then notes, and text up the margin by itself", () => {
    assert.deepEqual(page(1).slice(1), [
      "Kestrel Lane Legal",
      "Berth",
      "Name: Jon Vik Length: up to 9 m",
      "[x] Electricity",
      "[ ] Water",
      "Signed at the office.",
      "Page 1 of 3",
      "Not valid without",
      "the stamp of the office.",
      "Comment: Åse Lind: Is the price with electricity?",
      "Paid in cash.",
    ]);
  });

  it("has columns one after the other, whole words, and neither headers nor footers after the first page", () => {
    const second = page(2);
    assert.equal(second.length, 15);
    assert.equal(second[0], "Duties");
    assert.equal(second[7], "that stands to the north of the old lighthouse.");
    assert.equal(second[8], "Whoever leaves for more than a week");
    assert.equal(second[14], "as the council decided. Ask the harbour master");
    assert.deepEqual(page(3).slice(0, 3), ["for exceptions.", "Ending", "It ends in May."]);
  });

  it("has headings by its outline under its title, and attachments as documents of their own", () => {
    assert.deepEqual(
      headings.map(({ name, level }) => [name, level]),
      [
        ["Berth", 1],
        ["Duties", 2],
        ["Ending", 2],
        ["Attachment tariff.csv", 1],
      ],
    );
    for (const { name, row } of headings) assert.equal(lines[row], name);
    assert.deepEqual(
      lines
        .slice(-4)
        .filter((line) => line !== "")
        .slice(-2),
      ["Boat,Fee", "Perdita,480"],
    );
    assert.equal(partly, "Not read of the attachments: logo.png.");
  });
});

describe("a PDF whose words are drawn in parts, with letters of a second font", async () => {
  const bytes = readFileSync(new URL("../fixtures/files/twoFonts.pdf", import.meta.url));
  const { text } = await extract(bytes, "twoFonts.pdf");

  it("has its words whole, in running text, headings and tables", () => {
    assert.deepEqual(
      text.split("\n").filter((line) => line !== ""),
      [
        "Hợp đồng thuê nhà",
        "Bên thuê phải thông báo bằng văn bản trước ba tháng khi chấm dứt hợp đồng. Cuộc họp sẽ bắt",
        "đầu lúc chín giờ sáng tại phòng số hai, và người giữ hải đăng mở cửa.",
        "Giá",
        "Căn Tiền Hạn trả",
        "Phòng nhỏ 4,500 đầu tháng",
        "Phòng lớn ở tầng một 7,200 giữa quý",
        "The tenant's name is Nguyễn Thị Hồng Nhung, of Đường Lê Lợi, and she pays at the office.",
      ],
    );
  });
});

describe("the order of a PDF's text", () => {
  it("from right to left, with words of the other direction as they stand in between", () => {
    const rtl = { dir: "rtl" };
    const drawn = [piece("שלום", 400, 700, rtl), piece("Vik 2026", 345, 700), piece("עולם", 310, 700, rtl)];
    assert.deepEqual(textsOf(drawn), ["שלום Vik 2026 עולם"]);
    assert.deepEqual(textsOf([...drawn].reverse()), ["שלום Vik 2026 עולם"]);
    const between = [piece("from", 100, 700), piece("שלום", 160, 700, rtl), piece("to here", 220, 700)];
    assert.deepEqual(textsOf(between), ["from שלום to here"]);
  });

  it("with Arabic articles the right way round, and words whose letters are set apart as words", () => {
    assert.deepEqual(textsOf([piece("اإليجار األول", 100, 700, { dir: "rtl" })]), ["الإيجار الأول"]);
    assert.deepEqual(textsOf([piece("N O T I C E", 100, 700)]), ["NOTICE"]);
  });

  it("from top to bottom, a line for each column", () => {
    const vertical = { dir: "ttb", height: 90, width: 10 };
    const drawn = [piece("灯台の日誌", 400, 700, vertical), piece("二日目", 380, 700, vertical)];
    assert.deepEqual(linesOfPage(drawn, view), [
      { text: "灯台の日誌", size: 10, down: 1 - 700 / 842 },
      { text: "二日目", size: 10, down: 1 - 700 / 842 },
    ]);
  });

  it("with turned lines after the others, in their own order", () => {
    const drawn = [upward("one", 500, 100), piece("a body of text", 50, 700), upward("two", 512, 100)];
    assert.deepEqual(textsOf(drawn), ["a body of text", "", "one", "two"]);
  });

  it("keeps the rows of a table, whose cells look like columns", () => {
    const rows = Array.from({ length: 12 }, (_, i) => [
      piece(`Boat number ${"x".repeat((i * 7) % 20)}`, 50, 700 - 12 * i),
      piece(`${i * 10} € a month`, 300, 700 - 12 * i),
    ]);
    assert.equal(textsOf(rows.flat())[3], "Boat number x 30 € a month");
  });
});

describe("what repeats on the pages of a PDF", () => {
  const of = (text: string, down: number, size = 10) => ({ text, size, down });
  const paged = (header: (page: number) => string, count: number, size = 10) =>
    withoutRepeats(
      Array.from({ length: count }, (_, i) => [
        of(header(i + 1), 0.04, size),
        of("A line of the text.", 0.5),
      ]),
    ).map((page) => page.map(({ text }) => text));

  it("stays on the first page alone, page numbers too", () => {
    assert.deepEqual(
      paged((page) => `Lease, page ${page}`, 3),
      [["Lease, page 1", "A line of the text."], ["A line of the text."], ["A line of the text."]],
    );
  });

  it("stays where pages are few, and where a title has a number", () => {
    assert.equal(paged(() => "Lease", 2)[1]?.[0], "Lease");
    assert.equal(paged((page) => `Gauge ${page * page}`, 4)[3]?.[0], "Gauge 16");
    assert.equal(paged((page) => `Chapter ${page}`, 5, 18)[4]?.[0], "Chapter 5");
  });

  it("does not part a word that is cut at a page's end", () => {
    const pages = [[of("the light-", 0.8), of("Lease", 0.96)], [of("house burns", 0.1)]];
    assert.deepEqual(
      joinHyphens(pages).map((page) => page.map(({ text }) => text)),
      [["the lighthouse", "Lease"], ["burns"]],
    );
  });
});

describe("a PDF with a page that is damaged", () => {
  it("is read without it, and says so", async () => {
    const made = makePdf(["one", "two", "three"].map((word) => ({ lines: [`This is page ${word}.`] })));
    // Page 2 is object 7: what names it stays, what it is does not.
    const text = made.toString("latin1").replace("\n7 0 obj\n<< /Type /Page ", "\n7 0 obj\n[[ /Type /Page ");
    const read = await extract(Buffer.from(text, "latin1"), "damaged.pdf");
    assert.match(read.text, /page one.*page three/s);
    assert.doesNotMatch(read.text, /page two/);
    assert.match(read.partly ?? "", /page 2, which is damaged/);
  });
});

describe("a PDF that can't be read as a whole", () => {
  const pdf = (page: string, count = 1, ...objects: readonly string[]): Buffer => {
    const kids = Array.from({ length: count }, (_, i) => `${3 + i} 0 R`);
    const pages = kids.map(() => page);
    const tree = `<< /Type /Pages /Count ${count} /Kids [${kids.join(" ")}] >>`;
    return rawPdf(["<< /Type /Catalog /Pages 2 0 R >>", tree, ...pages, ...objects]);
  };
  const sheet = (more = ""): string => `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] ${more} >>`;

  it("says whether its pages are damaged, or empty", async () => {
    const sound = makePdf([{ lines: ["A page."] }]).toString("latin1");
    const damaged = sound.replace("\n5 0 obj\n<< /Type /Page ", "\n5 0 obj\n[[ /Type /Page ");
    await assert.rejects(extract(Buffer.from(damaged, "latin1"), "a.pdf"), {
      message: "The PDF is damaged: none of its pages can be read.",
    });
    await assert.rejects(extract(pdf(sheet(), 2), "a.pdf"), { message: "The PDF holds no text." });
  });

  it("holds too much text where its notes do", async () => {
    const note = (length: number): string =>
      `<< /Type /Annot /Subtype /Text /Rect [9 9 90 90] /Contents (${"x".repeat(length)}) >>`;
    const noted = (length: number): Promise<{ text: string }> =>
      extract(pdf(sheet("/Annots [7 0 R]"), 4, note(length)), "a.pdf");
    await assert.rejects(noted(5_000_001), { message: "It holds more text than any book has." });
    assert.equal((await noted(5_000)).text.length, 4 * (5_009 + 1) + 2);
  });
});
