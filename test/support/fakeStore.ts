import type { ServerResponse } from "node:http";
import type { FakeModel } from "./fakeOllamaModels.ts";

/** What goes wrong while a model is downloaded, and what the server then says. */
const pullFaults = {
  "pull-offline":
    'pull model manifest: Get "https://registry.ollama.ai/v2/library/x/manifests/latest": dial tcp: lookup registry.ollama.ai on 127.0.0.53:53: no such host',
  "pull-refused":
    'pull model manifest: Get "https://registry.ollama.ai/v2/library/x/manifests/latest": dial tcp 127.0.0.1:443: connect: connection refused',
  "pull-unknown": "pull model manifest: file does not exist",
  "pull-too-old":
    "pull model manifest: 412: The model you are attempting to pull requires a newer version of Ollama.",
  "pull-no-space": "write /models/blobs/sha256-0123-partial: no space left on device",
  "pull-damaged": "digest mismatch, file must be downloaded again: want sha256:1, got sha256:2",
  "pull-retries":
    'max retries exceeded: Get "https://registry.ollama.ai/v2/library/x/blobs/sha256:1": unexpected EOF',
  "pull-untrusted":
    'pull model manifest: Get "https://registry.ollama.ai/v2/library/x/manifests/latest": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  "pull-odd": "something else",
} as const;
/** Faults that have no words: the connection ends, nothing comes, or what comes is no line of the protocol. */
export type PullFault =
  | keyof typeof pullFaults
  | "pull-cut"
  | "pull-no-success"
  | "pull-hang"
  | "pull-garbage"
  | "pull-cloud";

const layers = [
  { digest: "sha256:aaaaaaaaaaaa0000", total: 2_000_000_000 },
  { digest: "sha256:bbbbbbbbbbbb0000", total: 1_000 },
];
const steps = 20;

/** The models that a fake server was told to get and to delete, with what came of downloads that were not ended. */
export class FakeStore {
  private readonly added: FakeModel[] = [];
  private readonly removed = new Set<string>();
  private readonly kept = new Map<string, number>();

  models(first: readonly FakeModel[]): FakeModel[] {
    return [...first, ...this.added].filter(({ name }) => !this.removed.has(name));
  }

  remove({ name }: FakeModel): void {
    this.removed.add(name);
  }

  /** As the server streams it; one that is cancelled goes on where it was. */
  async pull(
    response: ServerResponse,
    name: string,
    fault: string | undefined,
    pause: () => Promise<void>,
  ): Promise<void> {
    const line = (value: object): unknown => response.write(`${JSON.stringify(value)}\n`);
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    line({ status: "pulling manifest" });
    const early = fault && /offline|refused|unknown|too-old|untrusted|odd/.test(fault);
    if (early)
      return void response.end(
        `${JSON.stringify({ error: pullFaults[fault as keyof typeof pullFaults] })}\n`,
      );
    for (const { digest, total } of layers) {
      const isNew = (this.kept.get(digest) ?? 0) < total;
      for (;;) {
        const completed = Math.min(total, this.kept.get(digest) ?? 0);
        // The real one does not tell of the last bytes, unless all were there before.
        const isWhole = completed === total;
        if (!isWhole || !isNew) line({ status: `pulling ${digest.slice(7, 19)}`, digest, total, completed });
        if (isWhole) break;
        await pause();
        if (response.destroyed) return;
        this.kept.set(digest, completed + Math.ceil(total / steps));
        if (completed < total / 2 || fault === undefined) continue;
        if (fault === "pull-cut") return void response.destroy();
        if (fault === "pull-no-success") return void response.end();
        if (fault === "pull-hang") return;
        if (fault === "pull-garbage") return void response.end("<html>502 Bad Gateway</html>\n");
        const error = pullFaults[fault as keyof typeof pullFaults];
        if (error) return void response.end(`${JSON.stringify({ error })}\n`);
      }
    }
    line({ status: "verifying sha256 digest" });
    line({ status: "writing manifest" });
    const whole = name.includes(":") ? name : `${name}:latest`;
    this.removed.delete(whole);
    const isCloud = fault === "pull-cloud";
    this.added.push({
      name: whole,
      size: 2_000_001_000,
      capabilities: ["completion"],
      ...(isCloud ? { hiddenRemote: true } : {}),
    });
    response.end(`${JSON.stringify({ status: "success" })}\n`);
  }
}
