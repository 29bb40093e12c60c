export interface Row {
  readonly workspace: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: string;
}

/** Adds one figure of the workspace that is being measured. */
export type Add = (figure: string, value: number, unit: string, aim?: string) => void;

/** What was measured, and what could not be and why. Kept as it comes, so that a later failure loses nothing. */
export class Report {
  readonly rows: Row[] = [];
  readonly failures: { readonly workspace: string; readonly reason: string }[] = [];

  /** Runs one part. When it fails, the figures that it had by then stay. */
  async measure(workspace: string, part: (add: Add) => Promise<void>): Promise<void> {
    process.stderr.write(`Measuring: ${workspace} …\n`);
    try {
      await part((figure, value, unit, aim) => {
        this.rows.push({ workspace, figure, value, unit, ...(aim ? { aim } : {}) });
      });
    } catch (error) {
      this.failures.push({ workspace, reason: reasonOf(error) });
    }
  }

  /** A table, and a line for each part that was not measured to its end. */
  toString(): string {
    const lines = this.failures.map(
      ({ workspace, reason }) => `Not measured to the end: ${workspace}. ${reason}`,
    );
    return [table(this.rows), ...lines].join("\n\n");
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const remedy = "remedy" in error && typeof error.remedy === "string" ? ` ${error.remedy}` : "";
  return `${error.message}${remedy}`;
}

function table(rows: readonly Row[]): string {
  const lines = [["workspace", "figure", "value", "unit", "aim"]];
  for (const { workspace, figure, value, unit, aim } of rows) {
    const digits = unit === "" ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
    lines.push([workspace, figure, value.toFixed(digits), unit, aim ?? ""]);
  }
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line.map((cell, i) => (i === 2 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))),
    )
    .map((line) => line.join("  ").trimEnd())
    .join("\n");
}
