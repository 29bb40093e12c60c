import { setImmediate as nextTurn } from "node:timers/promises";
import type { Query, Table, VectorQuery } from "@lancedb/lancedb";
import { vectorSum } from "./checksums.ts";
import { batches } from "./lance.ts";
import type { Candidate } from "./rows.ts";
import { candidateColumns } from "./schema.ts";

/** What is known of a row apart from how well it matches. */
export type CandidateRow = Omit<Candidate, "score">;

/** A row as LanceDB gives it: its vector is Arrow's. */
type StoredRow = Omit<CandidateRow, "vector"> & {
  readonly vector: { toArray(): Float32Array };
  readonly vectorSum: number;
};

type Measure = "_score" | "_distance";

/** A row's address, its fragment and its place there: no other row ever gets it, so that what is held stays true. */
type Addressed<Row> = Row & { readonly _rowid: bigint };

interface Read {
  readonly found: Candidate[];
  /** Rows that fail their checksum. */
  readonly damaged: CandidateRow[];
}

const bytesOfNumber = 4;
/** Id, hash, objects, and the entry in the map, about. */
const bytesBesideVector = 400;
/** Some 100,000 rows of the bundled model's 128 numbers. */
const mostHeldBytes = 96 * 1024 * 1024;
/** Reading all rows takes some tenths of a second: not more often than this, in milliseconds. */
const readAheadEveryMs = 2_000;

/**
 * Reads what a search says of the rows that it found. LanceDB finds them in a third of the time that it takes to
 * fetch their columns: all rows are held in memory, where there is room for them, by address. A row that is not held
 * yet makes that one search fetch columns.
 */
export class Candidates {
  private readonly table: () => Table;
  private readonly mostRows: number;
  private readonly isWriting: () => boolean;
  private held = new Map<bigint, CandidateRow>();
  private reading: Promise<void> | undefined;
  private readAt = Number.NEGATIVE_INFINITY;
  private isClosed = false;

  /** @param isWriting While it says so, nothing is read ahead: it would have to be read again. */
  constructor(table: () => Table, dimension: number, isWriting: () => boolean, heldBytes = mostHeldBytes) {
    this.table = table;
    this.mostRows = Math.floor(heldBytes / (dimension * bytesOfNumber + bytesBesideVector));
    this.isWriting = isWriting;
  }

  get heldRows(): number {
    return this.held.size;
  }

  /** @param search Makes the query, whose results have `measure`; called again when rows are not held. */
  async read(
    search: () => Query | VectorQuery,
    measure: Measure,
    scoreOf: (measured: number) => number,
  ): Promise<Read> {
    const held = this.held.size > 0 ? await this.fromMemory(search(), measure, scoreOf) : undefined;
    if (held) return { found: held, damaged: [] };
    if (!this.isWriting() && performance.now() > this.readAt + readAheadEveryMs) {
      // Nothing is lost when it fails: what is read without it says what is wrong.
      this.readAhead().catch(() => undefined);
    }
    return this.fromTable(search(), measure, scoreOf);
  }

  /** Reads all rows into memory, if there is room for them. Searches do so by themselves and don't wait for it. */
  readAhead(): Promise<void> {
    this.reading ??= this.readAll().finally(() => {
      this.reading = undefined;
      this.readAt = performance.now();
    });
    return this.reading;
  }

  /** Ends what is read ahead, and waits for its end. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.settled();
    this.held = new Map();
  }

  /** Waits until nothing is read ahead. */
  async settled(): Promise<void> {
    await this.reading?.catch(() => undefined);
  }

  private async readAll(): Promise<void> {
    const held = new Map<bigint, CandidateRow>();
    const table = this.table();
    if ((await table.countRows()) <= this.mostRows) {
      const shared = new Map<string, string>();
      for await (const batch of this.batches(table.query(), candidateColumns)) {
        await nextTurn();
        if (this.isClosed) return;
        for (const stored of batch) {
          const row = rowOf(stored, shared);
          if (row) held.set(stored._rowid, row);
        }
      }
    }
    this.held = held;
  }

  /** Undefined when a row is not held. */
  private async fromMemory(
    query: Query | VectorQuery,
    measure: Measure,
    scoreOf: (measured: number) => number,
  ): Promise<Candidate[] | undefined> {
    const found: Candidate[] = [];
    for await (const batch of this.batches<Record<Measure, number>>(query, [measure])) {
      for (const measured of batch) {
        const row = this.held.get(measured._rowid);
        if (!row) return undefined;
        found.push({ ...row, score: scoreOf(measured[measure]) });
      }
    }
    return found;
  }

  private async fromTable(
    query: Query | VectorQuery,
    measure: Measure,
    scoreOf: (measured: number) => number,
  ): Promise<Read> {
    const [found, damaged]: [Candidate[], CandidateRow[]] = [[], []];
    const columns = [...candidateColumns, measure] as const;
    for await (const batch of this.batches<StoredRow & Record<Measure, number>>(query, columns)) {
      for (const stored of batch) {
        const row = rowOf(stored);
        if (!row) damaged.push({ ...stored, vector: stored.vector.toArray() });
        else {
          if (this.held.size > 0 && this.held.size < this.mostRows) this.held.set(stored._rowid, row);
          found.push({ ...row, score: scoreOf(stored[measure]) });
        }
      }
    }
    return { found, damaged };
  }

  private batches<Row = StoredRow>(
    query: Query | VectorQuery,
    columns: readonly (keyof Row & string)[],
  ): AsyncGenerator<Iterable<Addressed<Row>>> {
    return batches<Addressed<Row>>(query.withRowId(), [...columns, "_rowid"]);
  }
}

/**
 * The row with a vector of its own, which keeps no batch in memory; undefined when it fails its checksum.
 * @param shared Texts that many rows have, each kept once.
 */
function rowOf(stored: StoredRow, shared?: Map<string, string>): CandidateRow | undefined {
  const once = <Text extends string>(text: Text): Text => {
    if (!shared) return text;
    if (!shared.has(text)) shared.set(text, text);
    return (shared.get(text) ?? text) as Text;
  };
  const { id, path, fileHash, kind, textHash, vector } = stored;
  const row = {
    ...{ id, path: once(path), fileHash: once(fileHash), kind: once(kind), textHash },
    vector: vector.toArray().slice(),
  };
  return stored.vectorSum === vectorSum(row) ? row : undefined;
}
