import { UnreadableFile } from "./extracted.ts";

/** The archive in which Microsoft's older formats keep their streams. */
export interface CompoundFile {
  /** What a stream at the top holds; undefined when there is none of this name. */
  stream(name: string): Buffer | undefined;
}

interface Container {
  readonly FullPaths: readonly string[];
  readonly FileIndex: readonly { readonly content?: Uint8Array | number[] }[];
}

/** Throws UnreadableFile. */
export async function openCompoundFile(bytes: Buffer): Promise<CompoundFile> {
  const { CFB } = (await import("@e965/xlsx")) as {
    CFB: { read(bytes: Buffer, options: object): Container };
  };
  let container: Container;
  try {
    container = CFB.read(bytes, { type: "buffer" });
  } catch {
    throw new UnreadableFile("The document is damaged: its streams can't be read.");
  }
  return {
    stream(name) {
      const at = container.FullPaths.findIndex((path) => path.replace(/^[^/]*\//, "") === name);
      const content = container.FileIndex[at]?.content;
      // Of a damaged file it may be a plain array, or nothing of the kind.
      return content instanceof Uint8Array || Array.isArray(content) ? Buffer.from(content) : undefined;
    },
  };
}

/** A number of two bytes; 0 beyond the end, where a damaged file points. */
export function u16(bytes: Buffer, at: number): number {
  return at >= 0 && at + 2 <= bytes.length ? bytes.readUInt16LE(at) : 0;
}

/** A number of four bytes; 0 beyond the end. */
export function u32(bytes: Buffer, at: number): number {
  return at >= 0 && at + 4 <= bytes.length ? bytes.readUInt32LE(at) : 0;
}
