import iconv from "iconv-lite";
import { type Extracted, UnreadableFile } from "./extracted.ts";
import { DocumentWriter } from "./writer.ts";

/** No group of a real file nests deeper. */
const deepest = 1_000;

/** Groups that hold no text of the document. */
const skipped = new Set(
  "fonttbl colortbl stylesheet info pict object objdata themedata colorschememapping datastore latentstyles listtable listoverridetable rsidtbl generator xmlnstbl filetbl revtbl fldinst bkmkstart bkmkend pgdsctbl operator nonshppict userprops mmathPr do atnid atnref atndate".split(
    " ",
  ),
);
const headersAndFooters = new Set("header headerl headerr headerf footer footerl footerr footerf".split(" "));
const signs: ReadonlyMap<string, string> = new Map([
  ["tab", "\t"],
  ["emdash", "—"],
  ["endash", "–"],
  ["lquote", "‘"],
  ["rquote", "’"],
  ["ldblquote", "“"],
  ["rdblquote", "”"],
  ["bullet", "•"],
  ["emspace", " "],
  ["enspace", " "],
  ["line", "\n"],
]);
/** Code pages of \fcharset. */
const charsets: Readonly<Record<number, string>> = {
  128: "shift_jis",
  129: "cp949",
  134: "gbk",
  136: "big5",
  161: "win1253",
  162: "win1254",
  163: "win1258",
  177: "win1255",
  178: "win1256",
  186: "win1257",
  204: "win1251",
  222: "win874",
  238: "win1250",
};

interface Group {
  /** What the group's text is for: a part that is skipped, a note, a header, or "" for the text itself. */
  for: string;
  isHidden: boolean;
  isDeleted: boolean;
  /** Bytes that stand for one \u and are to be passed over. */
  unicodeSkip: number;
  encoding: string;
  /** Of the paragraph: its level as a heading, 1 being the title's, its style, and whether it stands in a table. */
  level: number | undefined;
  style: number;
  isInTable: boolean;
}

const outermost: Group = {
  for: "",
  isHidden: false,
  isDeleted: false,
  unicodeSkip: 1,
  encoding: "win1252",
  level: undefined,
  style: -1,
  isInTable: false,
};

/** The text of an RTF file. Objects in it are not opened. Throws UnreadableFile. */
export async function read(bytes: Buffer): Promise<Extracted> {
  if (!/^\s*\{\\rtf/.test(bytes.toString("latin1", 0, 64))) {
    throw new UnreadableFile("The document is damaged: it does not begin as RTF does.");
  }
  return new RtfReader(bytes.toString("latin1")).read();
}

class RtfReader {
  private readonly text: string;
  private readonly writer = new DocumentWriter();
  private readonly fonts = new Map<number, string>();
  private readonly styles = new Map<number, string>();
  private readonly aside: string[] = [];
  private readonly collected = new Map<string, string>();
  private group: Group = { ...outermost };
  private readonly groups: Group[] = [];
  private documentEncoding = "win1252";
  private pendingBytes: number[] = [];
  private skip = 0;
  private paragraph = "";
  private deleted = "";
  private row: string[] = [];
  private table: string[][] = [];
  private font = -1;

  constructor(text: string) {
    this.text = text;
  }

  read(): Extracted {
    const token = /\\([a-z]+)(-?\d{1,10})? ?|\\'([\da-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gi;
    for (let found = token.exec(this.text); found; found = token.exec(this.text)) {
      const [, word, number, hex, symbol, brace, plain] = found;
      // The bytes of a picture may look like anything.
      if (word === "bin") token.lastIndex = this.passedBy(token.lastIndex, Number(number ?? 0));
      if (hex !== undefined) this.byte(Number.parseInt(hex, 16));
      else if (plain !== undefined) this.plain(plain);
      else {
        if (word !== "u") this.flushBytes();
        if (brace === "{") this.open();
        else if (brace === "}") this.close();
        else if (word !== undefined) this.control(word, number === undefined ? undefined : Number(number));
        else if (symbol !== undefined) this.symbol(symbol);
      }
    }
    this.endParagraph();
    this.endTable();
    for (const text of new Set(this.aside)) this.writer.paragraph(text);
    return this.writer.extracted("The document");
  }

  /** Where so many bytes end; what there is not room for is no such number. */
  private passedBy(from: number, bytes: number): number {
    return bytes > 0 && from + bytes <= this.text.length ? from + bytes : from;
  }

  private open(): void {
    if (this.groups.length > deepest)
      throw new UnreadableFile("The document is nested far deeper than any is.");
    this.groups.push(this.group);
    this.group = { ...this.group };
  }

  private close(): void {
    const ended = this.group;
    this.group = this.groups.pop() ?? ended;
    if (ended.for === this.group.for) return;
    const text = this.collected.get(ended.for)?.trim() ?? "";
    this.collected.delete(ended.for);
    if (text !== "") this.aside.push(ended.for === "note" ? `Note: ${text}` : text);
  }

  private symbol(symbol: string): void {
    if (symbol === "*") {
      // What follows is for those who know it.
      this.group.for = "skipped";
    } else if (symbol === "~") this.add("\u00a0");
    else if (symbol === "_") this.add("-");
    else if ("\\{}".includes(symbol)) this.plain(symbol);
    else if (symbol === "\n" || symbol === "\r") this.endParagraph();
  }

  private control(word: string, value: number | undefined): void {
    const sign = signs.get(word);
    if (sign !== undefined) this.add(sign);
    else if (word === "u" && value !== undefined) this.unicode(value);
    else if (word === "bin") this.skip = 0;
    else if (skipped.has(word)) this.enter(word);
    else if (headersAndFooters.has(word)) this.group.for = word;
    else if (word === "footnote" || word === "annotation") this.group.for = "note";
    // The text of a text box stands in a group that old readers pass over.
    else if (word === "shptxt") this.group.for = "box";
    else this.format(word, value);
  }

  private enter(word: string): void {
    if (this.group.for === "skipped") return;
    this.group.for = word === "fonttbl" ? "fonts" : word === "stylesheet" ? "styles" : "skipped";
  }

  private format(word: string, value = 1): void {
    const { group } = this;
    switch (word) {
      case "par":
      case "sect":
      case "page":
        this.endParagraph();
        break;
      case "pard":
        group.level = undefined;
        group.style = -1;
        group.isInTable = false;
        break;
      case "intbl":
        group.isInTable = true;
        break;
      case "cell":
      case "nestcell":
        this.endCell();
        break;
      case "row":
      case "nestrow":
        this.endRow();
        break;
      case "outlinelevel":
        group.level = value + 2;
        break;
      case "s":
        group.style = value;
        break;
      case "v":
        group.isHidden = value !== 0;
        break;
      case "deleted":
        group.isDeleted = value !== 0;
        break;
      case "plain":
        group.isHidden = false;
        group.isDeleted = false;
        break;
      case "uc":
        group.unicodeSkip = Math.max(0, value);
        break;
      case "ansicpg":
        this.documentEncoding = iconv.encodingExists(`win${value}`) ? `win${value}` : `cp${value}`;
        if (!iconv.encodingExists(this.documentEncoding)) this.documentEncoding = "win1252";
        group.encoding = this.documentEncoding;
        break;
      case "mac":
        group.encoding = "macroman";
        break;
      case "f":
        this.font = value;
        group.encoding = this.fonts.get(value) ?? this.documentEncoding;
        break;
      case "fcharset":
        if (group.for === "fonts") this.fonts.set(this.font, charsets[value] ?? this.documentEncoding);
        break;
    }
  }

  private unicode(value: number): void {
    this.flushBytes();
    // A negative number stands for one from 32,768 on, as fromCharCode takes it, too.
    this.add(String.fromCharCode(value));
    this.skip = this.group.unicodeSkip;
  }

  private byte(value: number): void {
    if (this.skip > 0) this.skip -= 1;
    else this.pendingBytes.push(value);
  }

  private flushBytes(): void {
    if (this.pendingBytes.length > 0) this.decode(Buffer.from(this.pendingBytes));
  }

  private decode(bytes: Buffer): void {
    this.pendingBytes = [];
    this.add(iconv.decode(bytes, this.group.encoding));
  }

  private plain(text: string): void {
    const from = Math.min(this.skip, text.length);
    this.skip -= from;
    if (from < text.length) {
      // Bytes beyond ASCII that are not escaped are of the code page too.
      const bytes = Buffer.from(text.slice(from), "latin1");
      this.decode(Buffer.concat([Buffer.from(this.pendingBytes), bytes]));
    }
  }

  private add(text: string): void {
    const { group } = this;
    if (group.for === "skipped" || group.for === "fonts" || group.isHidden) return;
    if (group.for === "styles") {
      this.styles.set(group.style, `${this.styles.get(group.style) ?? ""}${text}`);
      return;
    }
    if (group.for !== "") this.collected.set(group.for, (this.collected.get(group.for) ?? "") + text);
    else if (group.isDeleted) this.deleted += text;
    else this.paragraph += text;
  }

  private endParagraph(): void {
    if (this.group.for !== "") {
      this.add("\n");
      return;
    }
    if (this.deleted.trim() !== "") this.aside.push(`Deleted: ${this.deleted.trim()}`);
    this.deleted = "";
    if (this.group.isInTable) {
      this.paragraph += " ";
      return;
    }
    this.endTable();
    const level = this.group.level ?? this.levelOfStyle();
    if (level !== undefined && level <= 10) this.writer.heading(this.paragraph, level);
    else this.listItemOrText(this.paragraph);
    this.paragraph = "";
  }

  /** The mark of a list item is text with a tab after it. */
  private listItemOrText(paragraph: string): void {
    const [, mark, rest = ""] = /^\s*([•·▪\uf0b7o-]|\(?[\dA-Za-z]{1,4}[.)])\t(.*)$/s.exec(paragraph) ?? [];
    if (mark === undefined) this.writer.paragraph(paragraph);
    else this.writer.item(rest, /^[\d(A-Za-z]{1,5}[.)]/.test(mark) ? mark : "•");
  }

  /** The document's title stands above all headings. */
  private levelOfStyle(): number | undefined {
    const name = this.styles.get(this.group.style) ?? "";
    const [, level] = /^\s*heading (\d)/i.exec(name) ?? [];
    if (level !== undefined) return Number(level) + 1;
    return /^\s*title;/i.test(name) ? 1 : undefined;
  }

  private endCell(): void {
    this.row.push(this.paragraph);
    this.paragraph = "";
  }

  private endRow(): void {
    this.table.push(this.row);
    this.row = [];
  }

  private endTable(): void {
    this.endRow();
    this.writer.table(this.table);
    this.table = [];
  }
}
