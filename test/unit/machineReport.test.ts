import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { reportMachine } from "../../engine/machineReport.ts";
import type { ChatClient } from "../../models/chat/chatClient.ts";
import { library } from "../../models/chat/ollama/library.ts";
import { pullCommand, recommendedModel } from "../../models/chat/ollama/recommended.ts";
import type { ChatModel, ChatServer } from "../../protocol/data.ts";
import { type Machine, machineReport } from "../../protocol/machine.ts";
import { machineText } from "../../protocol/machineText.ts";
import { machine } from "../support/machines.ts";

const { signal } = new AbortController();
const unused = (): never => assert.fail("nothing else is asked");

function client(server: Partial<ChatServer>, hasLibrary = true): ChatClient {
  return {
    url: "http://127.0.0.1:1",
    server: async () => ({ url: "http://127.0.0.1:1", state: "ready", models: [], ...server }),
    inspect: unused,
    chat: unused,
    ...(hasLibrary ? { library: { models: library, command: pullCommand } } : {}),
  };
}

async function report(one: Machine, server: Partial<ChatServer> = {}, hasLibrary = true) {
  const chat = client(server, hasLibrary);
  const found = await reportMachine({ chat, chatModel: "", survey: { look: async () => one }, signal });
  return v.parse(machineReport, JSON.parse(JSON.stringify(found)));
}

test("the model that is recommended is the largest made to answer that runs comfortably on the machine", async () => {
  const { name } = recommendedModel;
  const { bytesPerSecond: _, ...unmeasured } = { ...machine("apple"), graphics: [] };
  const cases: [Machine, string][] = [
    [machine("container"), "llama3.2:1b-instruct-q4_K_M"],
    [machine("smallLaptop"), name],
    [machine("laptop"), name],
    [machine("smallCard"), "qwen3:30b-instruct"],
    [machine("apple"), "phi4:14b"],
    [machine("desktop"), "qwen3:30b-instruct"],
    // What could not be measured is assumed to be ordinary.
    [unmeasured, name],
    // The same whatever else runs just now.
    [{ ...machine("laptop"), availableBytes: 0 }, name],
  ];
  for (const [one, expected] of cases) {
    const { recommended } = await report(one);
    assert.equal(recommended?.name, expected, `${one.processor} ${one.memoryBytes}`);
    assert.equal(recommended.command, pullCommand(expected));
  }
});

test("where nothing runs comfortably the smallest is recommended, which is said", async () => {
  const { recommended } = await report(machine("container"));
  assert.match(
    recommended?.reason ?? "",
    /^No well-known model .+ This is the smallest: it needs 1\.7 of 2\.0 GB/,
  );
  const usual = await report(machine("laptop"));
  assert.match(
    usual.recommended?.reason ?? "",
    /^The largest .+ runs comfortably here: it needs 4\.3 of 16\.0 GB and writes about/,
  );
});

test("installed models come first, are not listed twice, and those that are not used are left out", async () => {
  const models: ChatModel[] = [
    {
      name: "qwen3:8b",
      sizeBytes: 5.2e9,
      bytesPerToken: 147_456,
      contextLength: 40_960,
      parameters: "8.2B",
      thinking: "optional",
    },
    { name: "tiny", sizeBytes: 0.1e9, contextLength: 2_048 },
    { name: "cloudy", sizeBytes: 5, refused: "It runs elsewhere." },
    { name: "secret", sizeBytes: 0 },
  ];
  const found = await report(machine("laptop"), { models });
  const installed = found.models.filter(({ isInstalled }) => isInstalled);
  assert.deepEqual(
    installed.map(({ name }) => name),
    ["secret", "tiny", "qwen3:8b"],
  );
  assert.equal(found.models.filter(({ name }) => name === "qwen3:8b").length, 1);
  assert.ok(found.models.every(({ name }) => name !== "cloudy"));
  const [secret, tiny, eight] = installed;
  assert.deepEqual([secret?.footprints, secret?.isComfortable], [[], false]);
  assert.deepEqual(
    tiny?.footprints.map(({ contextTokens }) => contextTokens),
    [2_048],
    "no longer than it can read",
  );
  assert.deepEqual(
    eight?.footprints.map(({ contextTokens }) => contextTokens),
    [4_096, 8_192, 32_768],
  );
  assert.equal(eight?.answersAtOnce, false);
});

test("a server that is away, or has no library, is no reason to say nothing", async () => {
  const down = await report(machine("laptop"), { state: "down", detail: "It sleeps.", remedy: "Wake it." });
  assert.equal(down.serverProblem, "It sleeps. Wake it.");
  assert.ok(down.models.length > 10);
  assert.match(machineText(down), /## Installed models\n\nIt sleeps\. Wake it\.\n/);
  const plain = await report(machine("laptop"), { models: [{ name: "a", sizeBytes: 1e9 }] }, false);
  assert.deepEqual([plain.recommended, plain.models.length], [undefined, 1]);
  assert.doesNotMatch(machineText(plain), /## Recommended|undefined/);
});

test("a recommended model that is installed is not to be installed again", async () => {
  const installed = { name: recommendedModel.name, sizeBytes: recommendedModel.bytes };
  const text = machineText(await report(machine("laptop"), { models: [installed] }));
  assert.match(text, /## Recommended\n\n.+\n\nIt is installed\.\n/);
  assert.ok(!text.includes(pullCommand()));
});

test("the report can be read: each model with its verdict, its sum and how long a question takes", async () => {
  const text = machineText(await report({ ...machine("laptop"), notes: ["A driver is silent."] }));
  for (const part of [
    "- Processor: laptop, 8 cores",
    "- Memory: 16.0 GB, 9.0 GB free",
    "- Note: A driver is silent.",
    `    ${pullCommand()}`,
    `### ${recommendedModel.name} · 4.0B · Q4_K_M · Apache-2.0 · runs comfortably\n\n2.5 GB of weights + 1.2 GB`,
    "### qwen3:32b · 32.8B · Q4_K_M · Apache-2.0 · thinks first, or may · does not fit",
    "20 to 120 tokens a second: up to 2.5 minutes for 3,000.",
  ])
    assert.ok(text.includes(part), `${part}\n\n${text}`);
  assert.doesNotMatch(text, /NaN|Infinity|undefined|\n{3}/);
});

test("each model of the library has its size by its parameters, and the recommended one is in it", () => {
  for (const { parameters, activeParameters = parameters, files } of library) {
    for (const { name, quantization, bytes } of files) {
      const bits = (bytes * 8) / parameters;
      const [least, most] = quantization === "Q8_0" ? [8, 9.2] : [4.6, 5.8];
      assert.ok(bits >= (least ?? 0) && bits <= (most ?? 0), `${name}: ${bits.toFixed(2)} bits a weight`);
      assert.ok(activeParameters <= parameters, name);
    }
  }
  const names = library.flatMap(({ files }) => files.map(({ name }) => name));
  assert.equal(new Set(names).size, names.length);
  const suggested = library.find(({ files }) => files[0]?.name === recommendedModel.name);
  assert.deepEqual([suggested?.instruct, suggested?.files[0]?.bytes], [true, recommendedModel.bytes]);
});
