import { maxPages } from "../files/limits.ts";
import { type CompoundFile, u32 } from "./compoundFile.ts";
import { UnreadableFile } from "./extracted.ts";
import { type PptRecord, PptRecords, recordType } from "./pptRecords.ts";
import { type PptText, textsIn } from "./pptText.ts";

/** In the atom of the current user, its header counted. */
const current = { token: 12, offset: 16 } as const;
const encryptedToken = 0xf3d1c4df;
/** An atom of an edit is as long as this where the file is encrypted. */
const encryptedEdit = 32;
const edit = { last: 8, directory: 12, document: 16 } as const;
/** Which list of slides and texts it is, by the record's instance. */
const list = { slides: 0, notes: 2 } as const;

export interface PptSlide {
  /** From 1, as it is shown. */
  readonly number: number;
  /** Undefined where a damaged file has lost it. */
  readonly record: PptRecord | undefined;
  /** The texts of its placeholders, which its shapes refer to. */
  readonly outline: readonly PptText[];
  readonly notes: PptRecord | undefined;
}

/** A presentation of PowerPoint 97 to 2003: its slides, which may lie anywhere in its stream. */
export class PptFile {
  readonly records: PptRecords;
  readonly slides: readonly PptSlide[];
  /** Whether there are more slides than are read. */
  readonly hasMore: boolean;
  private readonly offsets = new Map<number, number>();

  /** Throws UnreadableFile. */
  constructor(file: CompoundFile) {
    // A file for PowerPoint 95 and 97 alike keeps what is for 97 in a folder.
    const stream = (name: string): Buffer | undefined =>
      file.stream(`PP97_DUALSTORAGE/${name}`) ?? file.stream(name);
    const main = stream("PowerPoint Document");
    if (!main) throw new UnreadableFile(noSlides(file));
    const user = stream("Current User") ?? Buffer.alloc(0);
    if (u32(user, current.token) === encryptedToken) throw locked();
    this.records = new PptRecords(main);
    const document = this.readEdits(u32(user, current.offset));
    const lists = this.records
      .in(this.persisted(document, recordType.document))
      .filter(({ type }) => type === recordType.slideListWithText);
    if (lists.length === 0) {
      throw new UnreadableFile(
        "The presentation is damaged: it does not say which slides it has. Open it in a presentation program and save it as PPTX.",
      );
    }
    const slides = this.entries(lists.find(({ instance }) => instance === list.slides));
    this.hasMore = slides.length > maxPages;
    const notes = this.notesBySlide(lists.find(({ instance }) => instance === list.notes));
    this.slides = slides.slice(0, maxPages).map(({ atom, outline }, index) => ({
      number: index + 1,
      record: this.persisted(this.records.u32(atom, 0), recordType.slide),
      outline,
      notes: notes.get(this.records.u32(atom, 12)),
    }));
  }

  /**
   * Learns from the last edit back to the first where everything lies: what was saved later lies further back.
   * @returns The number of the document.
   */
  private readEdits(last: number): number {
    const { records } = this;
    const seen = new Set<number>();
    let document: number | undefined;
    for (let offset = last; !seen.has(offset); ) {
      seen.add(offset);
      const found = records.at(offset);
      if (found?.type !== recordType.userEdit) break;
      if (found.end - found.start >= encryptedEdit) throw locked();
      document ??= records.u32(found, edit.document);
      this.readDirectory(records.at(records.u32(found, edit.directory)));
      offset = records.u32(found, edit.last);
      // The first edit names none before it.
      if (offset === 0) break;
    }
    return document ?? 0;
  }

  /** Stretches of numbers that follow each other, with where what they name lies. */
  private readDirectory(directory: PptRecord | undefined): void {
    if (directory?.type !== recordType.persistDirectory) return;
    const { records } = this;
    const length = directory.end - directory.start;
    for (let at = 0; at + 4 <= length; ) {
      const entry = records.u32(directory, at);
      const count = Math.min(entry >>> 20, (length - at) >> 2);
      const first = entry & 0xfffff;
      records.spend(count + 1);
      for (let i = 0; i < count; i++) {
        const offset = records.u32(directory, at + 4 * (i + 1));
        if (!this.offsets.has(first + i)) this.offsets.set(first + i, offset);
      }
      at += 4 * (count + 1);
    }
  }

  private persisted(id: number, type: number): PptRecord | undefined {
    const offset = this.offsets.get(id);
    const record = offset === undefined ? undefined : this.records.at(offset);
    return record?.type === type ? record : undefined;
  }

  /** The slides of a list, each with the texts that follow it there. */
  private entries(of: PptRecord | undefined): { atom: PptRecord; outline: PptText[] }[] {
    const found: { atom: PptRecord; texts: PptRecord[] }[] = [];
    for (const record of this.records.in(of)) {
      if (record.type === recordType.slidePersist) found.push({ atom: record, texts: [] });
      else found.at(-1)?.texts.push(record);
    }
    return found.map(({ atom, texts }) => ({ atom, outline: textsIn(this.records, texts) }));
  }

  /** Pages of notes by the numbers of the slides that they are for. */
  private notesBySlide(of: PptRecord | undefined): Map<number, PptRecord> {
    const found = new Map<number, PptRecord>();
    for (const { atom } of this.entries(of)) {
      const record = this.persisted(this.records.u32(atom, 0), recordType.notes);
      const slide = this.records.u32(this.records.first(record, recordType.notesAtom), 0);
      if (record) found.set(slide, record);
    }
    return found;
  }
}

function locked(): UnreadableFile {
  return new UnreadableFile("The presentation is protected by a password.");
}

function noSlides(file: CompoundFile): string {
  return file.stream("PP40") || file.stream("PowerPoint")
    ? "It is of PowerPoint 95 or older: open it in a presentation program and save it as PPTX."
    : "The presentation is damaged: it holds no slides.";
}
