import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * An embedding server that speaks Ollama's protocol and can be slow, fail, hang, go and come back at the same
 * address. Its vectors count letters, each model in its own way, so that texts that differ have vectors that differ.
 */
export interface FakeEmbedding {
  readonly url: string;
  set(state: EmbeddingServerState): Promise<void>;
  close(): Promise<void>;
}

export type EmbeddingServerState = "up" | "slow" | "failing" | "hanging" | "down";

export interface FakeEmbeddingModel {
  readonly name: string;
  readonly dimension: number;
}

const slowMs = 250;

/** @param models The installed models; any other name is answered as not installed. */
export async function startFakeEmbedding(
  models: readonly FakeEmbeddingModel[],
  initial: EmbeddingServerState,
): Promise<FakeEmbedding> {
  let state: EmbeddingServerState = initial;
  let server: Server | undefined = await listen(0);
  const { port } = server.address() as AddressInfo;

  function listen(at: number): Promise<Server> {
    const made = createServer((request, response) => {
      let text = "";
      request.on("data", (data) => {
        text += String(data);
      });
      request.on("end", () => void answer(request.url ?? "/", text, response));
    });
    return new Promise((resolve, reject) => {
      made.once("error", reject);
      made.listen(at, "127.0.0.1", () => resolve(made));
    });
  }

  async function answer(path: string, text: string, response: ServerResponse): Promise<void> {
    if (state === "hanging") return;
    if (state === "slow") await new Promise((done) => setTimeout(done, slowMs));
    if (state === "failing") return send(response, 500, { error: "llama runner process has terminated" });
    const body = (text === "" ? {} : JSON.parse(text)) as { model?: string; input?: string[] };
    const model = models.find(({ name }) => name === body.model?.replace(/(:latest)?(:local)?$/, ""));
    if (path === "/api/version") return send(response, 200, { version: "0.35.2" });
    if (path === "/api/tags") return send(response, 200, { models: models.map(listed) });
    if (!model) return send(response, 404, { error: `model '${body.model}' not found` });
    if (path === "/api/show") return send(response, 200, { capabilities: ["embedding"] });
    const embeddings = (body.input ?? []).map((one) => vectorOf(one, model.dimension));
    send(response, 200, { model: body.model, embeddings });
  }

  async function stop(): Promise<void> {
    const old = server;
    server = undefined;
    if (!old) return;
    old.closeAllConnections();
    await new Promise<void>((resolve) => old.close(() => resolve()));
  }

  if (initial === "down") await stop();
  return {
    url: `http://127.0.0.1:${port}`,
    async set(next) {
      // Who waits for an answer that hangs must not wait for ever: the server was restarted.
      if (next === "down" || state === "hanging") await stop();
      state = next;
      if (next !== "down") server ??= await listen(port);
    },
    close: stop,
  };
}

function listed({ name }: FakeEmbeddingModel): object {
  const digest = Buffer.from(name).toString("hex").padEnd(64, "0").slice(0, 64);
  return {
    name: `${name}:latest`,
    model: `${name}:latest`,
    size: 1_000_000,
    digest,
    capabilities: ["embedding"],
  };
}

function vectorOf(text: string, dimension: number): number[] {
  const vector = new Array<number>(dimension).fill(0.01);
  for (let i = 0; i + 1 < text.length; i++) {
    const at = (text.charCodeAt(i) * 31 + text.charCodeAt(i + 1)) % dimension;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  return vector;
}

function send(response: ServerResponse, status: number, value: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
