import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fetch } from "../../models/egress/gate.ts";
import { loadOllamaEmbedding } from "../../models/embedding/ollama.ts";
import { piecesOf } from "../../models/embedding/servedModel.ts";
import { CarrelError } from "../../protocol/channel.ts";

const url = "http://127.0.0.1:11434";

interface Server {
  readonly version?: string;
  readonly tags?: object;
  readonly show?: object;
  /** Characters that the model reads. The rest is cut off without a word, unless the request forbids that. */
  readonly context?: number;
  /** Cuts off what it was told not to, as old servers do. */
  readonly isOld?: boolean;
  readonly embed?: (body: { model: string; input: string[] }) => Response;
}

/** Ollama's protocol as far as embedding goes. The vector counts letters, so that any change of text shows. */
function serve(
  server: Server,
  requests: { path: string; body?: { model: string; input: string[] } }[] = [],
): Fetch {
  return async (input, init) => {
    const path = new URL(String(input)).pathname.replace("/api/", "");
    const body = init?.body ? JSON.parse(String(init.body)) : undefined;
    requests.push({ path, body });
    if (path === "version") return Response.json({ version: server.version ?? "0.40.0" });
    if (path === "tags") {
      const listed = { name: "all-minilm:latest", size: 1, digest: "sha256:0123456789abcdef" };
      return Response.json(server.tags ?? { models: [listed] });
    }
    if (path === "show") return Response.json(server.show ?? { capabilities: ["embedding"] });
    if (server.embed) return server.embed(body);
    const longest = Math.max(...body.input.map((text: string) => text.length));
    if (body.truncate === false && !server.isOld && longest > (server.context ?? 1e9))
      return Response.json({ error: "the input length exceeds the context length" }, { status: 400 });
    const embeddings = body.input.map((text: string) => {
      const counts = new Array(26).fill(0.001);
      for (const letter of text.slice(0, server.context ?? 1e9)) {
        const at = letter.charCodeAt(0) - 97;
        if (at >= 0 && at < 26) counts[at] += 1;
      }
      return counts;
    });
    return Response.json({ embeddings });
  };
}

test("vectors come in order, of unit length, for more texts than one request holds", async () => {
  const requests: { path: string; body?: { model: string; input: string[] } }[] = [];
  const model = await loadOllamaEmbedding("all-minilm", { url, fetch: serve({}, requests) });
  assert.equal(model.dimension, 26);
  assert.equal(model.id, "ollama:all-minilm:latest@0123456789ab-all-MiniLM-L6-v2-6000-own");
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  const texts = [...letters, ...letters].map((letter) => letter.repeat(3));
  const vectors = await model.embed(texts, "passage");
  for (const [i, vector] of vectors.entries()) {
    assert.ok(vector[i % 26]! > 0.99, `${i}`);
    assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
  }
  const embeds = requests.filter((request) => request.path === "embed");
  assert.deepEqual(
    embeds.map(({ body }) => `${body?.input.length} for ${body?.model}`),
    [1, 2, 32, 20].map((count) => `${count} for all-minilm:latest:local`),
  );
});

test("the prefixes of a known model are sent", async () => {
  const requests: { path: string; body?: { model: string; input: string[] } }[] = [];
  const listed = { name: "nomic-embed-text:latest", size: 1, digest: "abc" };
  const fetch = serve({ tags: { models: [listed] }, version: "0.5.0" }, requests);
  const model = await loadOllamaEmbedding("nomic-embed-text", { url, fetch });
  await model.embed(["who"], "query");
  assert.deepEqual(requests.at(-1)?.body?.input, ["search_query: who"]);
  await model.embed(["me"], "passage");
  assert.deepEqual(requests.at(-1)?.body?.input, ["search_document: me"]);
  // A server that old does not know the suffix.
  assert.equal(requests.at(-1)?.body?.model, "nomic-embed-text:latest");
});

test("what the server would cut off silently is embedded in pieces", async () => {
  for (const isOld of [true, false]) {
    const model = await loadOllamaEmbedding("all-minilm", { url, fetch: serve({ context: 1000, isOld }) });
    assert.match(model.id, /-700-own$/);
    assert.match(model.note ?? "", /700 characters at once; longer passages are embedded in parts/);
    const [vector] = await model.embed([`${"a ".repeat(700)}${"z ".repeat(700)}`], "passage");
    assert.ok(vector![25]! > 0.5, "the end of the text counts");
  }
});

test("a text that is denser than it looks is halved until it fits, and those beside it stay whole", async () => {
  // Its signs take more tokens than letters do.
  const dense = (text: string): number => text.length + 9 * (text.match(/[^ -~]/g)?.length ?? 0);
  const plain = serve({});
  const fetch: Fetch = async (input, init) => {
    const body = init?.body ? JSON.parse(String(init.body)) : {};
    const isTooLong = (body.input ?? []).some((text: string) => dense(text) > 7000);
    if (!isTooLong) return plain(input, init);
    return Response.json({ error: "the input length exceeds the context length" }, { status: 400 });
  };
  const model = await loadOllamaEmbedding("all-minilm", { url, fetch });
  assert.equal(model.note, undefined);
  const text = `${"a ".repeat(300)}${"ქ".repeat(4000)} ${"z ".repeat(300)}`;
  const [first, vector, last] = await model.embed(["bbb", text, "ccc"], "passage");
  assert.ok(Math.min(vector![0]!, vector![25]!) > vector![1]! * 1.5, "beginning and end count");
  assert.ok(first![1]! > 0.99 && last![2]! > 0.99);
});

test("a text that is refused costs the others one more request at most", async () => {
  const embedded = new Map<string, number>();
  const plain = serve({});
  const count: Fetch = async (input, init) => {
    const { input: texts = [] } = (init?.body ? JSON.parse(String(init.body)) : {}) as { input?: string[] };
    for (const text of texts) embedded.set(text, (embedded.get(text) ?? 0) + 1);
    if (!texts.some((text) => text.length > 2000 && text.startsWith("dense"))) return plain(input, init);
    return Response.json({ error: "the input length exceeds the context length" }, { status: 400 });
  };
  const model = await loadOllamaEmbedding("all-minilm", { url, fetch: count });
  const texts = Array.from({ length: 40 }, (_, i) => `text number ${i}`);
  await model.embed([...texts, `dense ${"0123456789abcdef ".repeat(150)}`], "passage");
  assert.deepEqual(new Set(texts.map((text) => embedded.get(text))), new Set([1, 2]));
  embedded.clear();
  // One that looks dense is not sent together with others at all.
  await model.embed([...texts, `dense ${"漢".repeat(3000)}`], "passage");
  assert.deepEqual(
    texts.map((text) => embedded.get(text)),
    texts.map(() => 1),
  );
});

test("what is refused for another reason is not cut for ever", async () => {
  const fetch = serve({ embed: () => Response.json({ error: "context length" }, { status: 400 }) });
  await assert.rejects(loadOllamaEmbedding("all-minilm", { url, fetch }), /longer than the model can read/);
});

test("the model is loaded with the context that it has, wants, or needs", async () => {
  const info = (length: number) => ({ "general.architecture": "bert", "bert.context_length": length });
  const cases: [object, number | undefined][] = [
    [{ model_info: info(512) }, 512],
    [{ model_info: info(32_768) }, 2048],
    [{ model_info: info(32_768), parameters: 'stop "x"\nnum_ctx                        8192' }, 8192],
    [{ model_info: info(2048), parameters: "num_ctx 8192" }, 2048],
    [{ parameters: "num_ctx 1024" }, 1024],
    [{}, undefined],
  ];
  for (const [shown, expected] of cases) {
    const requests: { path: string; body?: { options?: { num_ctx?: number }; truncate?: boolean } }[] = [];
    const show = { capabilities: ["embedding"], ...shown };
    const model = await loadOllamaEmbedding("all-minilm", { url, fetch: serve({ show }, requests as never) });
    const embeds = requests.filter(({ path }) => path === "embed");
    assert.ok(embeds.length > 0 && embeds.every(({ body }) => body?.options?.num_ctx === expected));
    assert.ok(embeds.every(({ body }) => body?.truncate === false && !("keep_alive" in body)));
    assert.ok(model.id.endsWith(`-${expected ?? "own"}`), model.id);
  }
});

test("pieces are cut at spaces and lose nothing", () => {
  const text = "one two three four five";
  assert.deepEqual(piecesOf(text, 10), ["one two", " three", " four five"]);
  assert.equal(piecesOf("x".repeat(25), 10).join(""), "x".repeat(25));
  assert.deepEqual(piecesOf("", 10), [""]);
});

const cloud = { models: [{ name: "all-minilm:latest", remote_host: "https://ollama.com" }] };
const failures: Record<
  string,
  { readonly name?: string; readonly server: Server | Fetch; readonly says: RegExp }
> = {
  "a cloud's name": { name: "embedder:cloud", server: {}, says: /in a cloud/ },
  "a cloud model under a local name, listed": { server: { tags: cloud }, says: /in a cloud/ },
  "a cloud model under a local name, shown": {
    server: { show: { remote_model: "big", remote_host: "x" } },
    says: /in a cloud/,
  },
  "a cloud model that answers": {
    server: { embed: () => Response.json({ embeddings: [[1]], remote_host: "x" }) },
    says: /in a cloud/,
  },
  "something else at the address": {
    server: async () => new Response("<html>not here</html>", { status: 404 }),
    says: /is not Ollama/,
  },
  "a model that is not installed": { name: "bge-m3", server: {}, says: /"bge-m3" is not installed/ },
  "a chat model": { server: { show: { capabilities: ["completion"] } }, says: /does not embed/ },
  "a chat model of an old server": {
    server: {
      show: {},
      embed: () => Response.json({ error: "this model does not support embeddings" }, { status: 501 }),
    },
    says: /does not embed/,
  },
  "a busy server": {
    server: { embed: () => Response.json({ error: "server busy" }, { status: 503 }) },
    says: /too busy/,
  },
  "fewer vectors than texts": {
    server: { embed: () => Response.json({ embeddings: [] }) },
    says: /not Ollama/,
  },
  "another program": { server: async () => new Response("<html>hello</html>"), says: /not Ollama/ },
  "no server": {
    server: () => Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" })),
    says: /No model server answers/,
  },
};
for (const [name, { name: model = "all-minilm", server, says }] of Object.entries(failures)) {
  test(`${name}: an error with a remedy`, async () => {
    const fetch = typeof server === "function" ? server : serve(server);
    await assert.rejects(loadOllamaEmbedding(model, { url, fetch }), (error) => {
      assert.ok(error instanceof CarrelError);
      assert.match(error.message, says);
      assert.notEqual(error.remedy, "");
      return true;
    });
  });
}

test("a cancelled embedding ends as cancelled", async () => {
  const model = await loadOllamaEmbedding("all-minilm", { url, fetch: serve({}) });
  await assert.rejects(
    model.embed(["x"], "query", AbortSignal.abort()),
    (error) => error instanceof CarrelError && error.code === "cancelled",
  );
});
