import { counted } from "../protocol/counted.ts";
import type {
  ChatModel,
  ChatServer,
  Connection,
  Folder,
  IndexStatus,
  OtherServer,
  Settings,
  Skipped,
  Withheld,
} from "../protocol/data.ts";
import type { SupervisedState } from "./engineSupervisor.ts";

/** What is known for the status report; parts that could not be had are undefined. */
export interface Report {
  readonly engine: SupervisedState;
  readonly folders: readonly Folder[];
  readonly storage: string;
  readonly settings: Settings;
  readonly status: IndexStatus | undefined;
  readonly skipped: readonly Skipped[];
  readonly withheld: readonly Withheld[];
  readonly server: ChatServer | undefined;
  /** Of the engine that runs. */
  readonly connections: readonly Connection[];
  /** Of all engines with this storage, over restarts, and the time of the oldest. */
  readonly kept: readonly Connection[];
  readonly keptSince: string | undefined;
}

/** The index and everything around it, as Markdown that reads well as plain text. */
export function statusReport(report: Report): string {
  const { engine, status, folders, skipped } = report;
  return document([
    "# Carrel: index status",
    section("Index", [
      ["State", stateLine(engine, status)],
      ["Folders", folders.map((folder) => folder.path).join(", ") || "none is open"],
      ["Files", status && count(status.files)],
      ["Passages", status && count(status.chunks)],
      ["Passages read a second time, for better search", status && count(status.refined)],
      ["Scanned pages", status?.scans && `${count(status.scans.read)} of ${count(status.scans.pages)} read`],
      ["Left out", status && count(skipped.filter(({ partly }) => !partly).length)],
      ["Embedding model", status?.embedding],
      ["Written by", status && (status.writer ? "this window" : "another window; this one reads")],
      ["Lies in", report.storage],
    ]),
    section("Written answers", serverLines(report.server)),
    section("Connections since the engine started", connectionSummary(report.connections)),
    "Carrel: Show Connections lists each one.",
    withheldList(report.withheld),
    skippedList(
      "Files left out",
      skipped.filter(({ partly }) => !partly),
    ),
    skippedList(
      "Files read in part",
      skipped.filter(({ partly }) => partly),
    ),
  ]);
}

/** Every connection that an engine made or refused, over restarts, as Markdown. */
export function connectionsReport({ engine, kept, keptSince, settings, storage }: Report): string {
  const lines = kept.map(
    ({ time, host, port, purpose, allowed, opened, reason }) =>
      `- ${time} · ${!allowed ? "REFUSED" : opened ? "opened" : "tried"} · ${host}:${port} · ${purpose} · ${reason}`,
  );
  return document([
    "# Carrel: connections",
    "Your files, questions, answers and index go to two places only: this extension's storage on this machine, and the model server that you set.",
    section("Where they may go", [
      ["Storage", storage],
      ["Model server", settings.modelServerUrl],
      ["Other model server", settings.openaiUrl || undefined],
      ["Other hosts that you allowed", settings.allowedHosts.join(", ") || "none"],
    ]),
    `## ${keptSince === undefined ? "So far" : `Since ${keptSince}`}\n\n${lines.join("\n") || noConnections(engine)}`,
    "Not covered: VS Code itself, other extensions, the model server's own connections, and whoever can read your disk.",
  ]);
}

function stateLine(engine: SupervisedState, status: IndexStatus | undefined): string {
  if (engine.state !== "running")
    return `engine ${engine.state}${engine.message ? `: ${engine.message}` : ""}`;
  if (!status) return "opening";
  if (status.state === "indexing")
    return `indexing, ${count(status.done)} of ${counted(status.total, "file")} looked at`;
  if (status.state === "problem") return `problem: ${status.problem ?? ""} ${status.remedy ?? ""}`.trim();
  return status.notice === undefined ? status.state : `${status.state}. ${status.notice}`;
}

function serverLines(server: ChatServer | undefined): [string, string | undefined][] {
  if (!server) return [["Model server", "not asked: the engine does not run"]];
  return [
    ["Model server", serverLine(server)],
    ["Answers come from", server.chosen ?? "no model: the passages themselves are the answer"],
    ["Note", [server.detail, server.remedy].filter(Boolean).join(" ") || undefined],
    ["Installed models", server.models.map(modelLine).join("; ") || undefined],
    ...(server.others ?? []).map((other): [string, string] => [
      "Other model server",
      [serverLine(other), other.detail].filter(Boolean).join(". "),
    ]),
  ];
}

function serverLine({ url, state, product, version, away }: OtherServer): string {
  const program = product ? `${product} ${version ?? ""}`.trimEnd() : undefined;
  const place = away === undefined ? undefined : "not this machine";
  return [url, state, program, place].filter(Boolean).join(", ");
}

function modelLine(model: ChatModel): string {
  const facts = modelFacts(model);
  return `${model.name}${facts && ` (${facts})`}${model.refused ? `, not used: ${model.refused}` : ""}`;
}

/** "4.0B · Q4_K_M · 2.5 GB · reads 32,768 tokens". */
export function modelFacts(model: ChatModel): string {
  return [
    model.parameters,
    model.quantization,
    model.sizeBytes > 0 ? `${(model.sizeBytes / 1e9).toFixed(1)} GB` : undefined,
    model.contextLength === undefined ? undefined : `reads ${counted(model.contextLength, "token")}`,
    model.away === undefined ? undefined : `on ${model.away}, not this machine`,
  ]
    .filter(Boolean)
    .join(" · ");
}

function connectionSummary(connections: readonly Connection[]): [string, string | undefined][] {
  if (connections.length === 0) return [["Connections", "none"]];
  return connections.map(({ host, port, purpose, allowed, opened, reason }) => [
    `${host}:${port}`,
    `${!allowed ? "refused" : opened ? "opened" : "tried"} for the ${purpose}: ${reason}`,
  ]);
}

function noConnections(engine: SupervisedState): string {
  return engine.state === "running" ? "None." : "None: the engine does not run.";
}

/** Each secret with its place, and how to let through what is none. */
function withheldList(withheld: readonly Withheld[]): string {
  if (withheld.length === 0) return "";
  const lines = withheld.map(
    ({ path, line, kind, fingerprint }) =>
      `- ${path}:${line} · ${kind}${fingerprint ? ` · ${fingerprint}` : ""}`,
  );
  return [
    `## Held back as secrets (${count(withheld.length)})`,
    "They are neither in the index nor shown to the model. To let one through that is none, put the twelve characters after it into the setting carrel.secrets.allow.",
    lines.join("\n"),
  ].join("\n\n");
}

function skippedList(title: string, skipped: readonly Skipped[]): string {
  if (skipped.length === 0) return "";
  const byReason = new Map<string, string[]>();
  for (const { path, reason } of skipped) {
    const paths = byReason.get(reason) ?? [];
    byReason.set(reason, paths);
    paths.push(path);
  }
  const groups = [...byReason]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(
      ([reason, paths]) =>
        `### ${reason} (${count(paths.length)})\n\n${paths.map((path) => `- ${path}`).join("\n")}`,
    );
  return `## ${title}\n\n${groups.join("\n\n")}`;
}

function section(title: string, lines: readonly (readonly [string, string | undefined])[]): string {
  const rows = lines.flatMap(([name, value]) => (value === undefined ? [] : [`- ${name}: ${value}`]));
  return `## ${title}\n\n${rows.join("\n")}`;
}

function document(parts: readonly string[]): string {
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
