import { Field, FixedSizeList, Float32, Float64, Int8, Int32, Schema, Uint32, Utf8 } from "apache-arrow";

/** The tables as LanceDB keeps them. A change here needs a new `formatVersion` of the index. */

/** What is read of a chunk that is shown, with its checksum. */
export const storedChunkColumns = [
  "id",
  "path",
  "fileHash",
  "kind",
  "language",
  "heading",
  "page",
  "place",
  "startLine",
  "endLine",
  "text",
  "textSum",
] as const;

/** What is read of a candidate, with its checksum. */
export const candidateColumns = [
  "id",
  "path",
  "fileHash",
  "kind",
  "textHash",
  "vector",
  "vectorSum",
] as const;

/** All of a file's row. */
export const fileColumns = [
  "path",
  "size",
  "mtimeMs",
  "changedMs",
  "hash",
  "reason",
  "chunks",
  "retryAtMs",
  "tries",
  "withheld",
  "scans",
  "sum",
] as const;

export function chunkSchema(dimension: number): Schema {
  return new Schema([
    text("id"),
    text("path"),
    text("fileHash"),
    text("kind"),
    text("language"),
    new Field("heading", new Utf8(), true),
    new Field("page", new Int32(), true),
    new Field("place", new Utf8(), true),
    new Field("startLine", new Int32(), false),
    new Field("endLine", new Int32(), false),
    text("text"),
    text("terms"),
    text("textHash"),
    vector(dimension, new Float32()),
    checksum("textSum"),
    checksum("vectorSum"),
    checksum("termsSum"),
  ]);
}

export const fileSchema = new Schema([
  text("path"),
  new Field("size", new Float64(), false),
  new Field("mtimeMs", new Float64(), false),
  new Field("changedMs", new Float64(), false),
  text("hash"),
  text("reason"),
  new Field("chunks", new Int32(), false),
  new Field("retryAtMs", new Float64(), false),
  new Field("tries", new Int32(), false),
  text("withheld"),
  text("scans"),
  checksum("sum"),
]);

export function refinedSchema(dimension: number): Schema {
  return new Schema([text("hash"), vector(dimension, new Int8()), checksum("sum")]);
}

export function namesOf(schema: Schema): string[] {
  return schema.fields.map((field) => field.name);
}

function text(name: string): Field {
  return new Field(name, new Utf8(), false);
}

function checksum(name: string): Field {
  return new Field(name, new Uint32(), false);
}

function vector(dimension: number, of: Float32 | Int8): Field {
  return new Field("vector", new FixedSizeList(dimension, new Field("item", of, true)), false);
}
