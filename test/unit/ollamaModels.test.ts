import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  activeShare,
  hasCloudName,
  makesEmbeddings,
  modelNumbers,
  thinkingOf,
  withTag,
} from "../../models/chat/ollama/models.ts";
import { compareVersions } from "../../models/chat/ollama/serverVersion.ts";
import { dependsOnMachine, pickModel } from "../../models/chat/pickModel.ts";
import { ThoughtFilter } from "../../models/chat/thoughts.ts";
import type { ChatModel } from "../../protocol/data.ts";
import { machine } from "../support/machines.ts";

const model = (name: string, gigabytes: number, refused?: string): ChatModel => ({
  name,
  sizeBytes: gigabytes * 1e9,
  ...(refused === undefined ? {} : { refused }),
});

describe("picking a model", () => {
  const check = (memory: number, models: ChatModel[], expected: string | undefined, chosen = ""): void => {
    assert.equal(pickModel(models, chosen, memory * 1e9, withTag), expected);
  };
  const some = [
    model("qwen3:1.7b", 1.4),
    model("qwen3:4b", 2.6),
    model("qwen3:8b", 5.2),
    model("qwen3:32b", 20),
  ];

  it("takes the largest that fits into memory and answers soon", () => {
    check(4, some, "qwen3:1.7b");
    check(8, some, "qwen3:4b");
    check(16, some, "qwen3:8b");
    check(128, some, "qwen3:8b");
  });
  it("takes the smallest when none fits", () => check(2, some, "qwen3:1.7b"));
  it("takes nothing when nothing may be used", () => {
    check(16, [], undefined);
    check(16, [model("a", 1, "cloud")], undefined);
  });
  it("passes over models made for other jobs", () => {
    const special = [
      "starcoder2:7b",
      "llama-guard3:8b",
      "qwen3:4b-base",
      "codellama:7b-code",
      "deepseek-ocr:3b",
    ];
    check(16, [model("qwen3:1.7b", 1.4), ...special.map((name) => model(name, 4))], "qwen3:1.7b");
    check(16, [model("starcoder2:7b", 4)], "starcoder2:7b");
  });
  it("goes by the machine where it is known: its memory's speed, its cores, its graphics card", () => {
    const pick = (name: Parameters<typeof machine>[0]): string | undefined =>
      pickModel(some, "", machine(name), withTag);
    assert.equal(pick("smallLaptop"), "qwen3:4b");
    assert.equal(pick("laptop"), "qwen3:8b");
    assert.equal(pick("desktop"), "qwen3:32b");
    assert.equal(pick("apple"), "qwen3:8b");
    const slow = { ...machine("laptop"), bytesPerSecond: 20e9 };
    assert.equal(pickModel(some, "", slow, withTag), "qwen3:4b");
    // A context that takes much memory counts too.
    const wide = some.map((one) => ({ ...one, bytesPerToken: 700_000 }));
    assert.equal(pickModel(wide, "", machine("laptop"), withTag), "qwen3:4b");
  });
  it("prefers, among models of nearly one size, those that do not think, then those made to answer", () => {
    const thinking = (
      name: string,
      gigabytes: number,
      how: NonNullable<ChatModel["thinking"]>,
    ): ChatModel => ({
      ...model(name, gigabytes),
      thinking: how,
    });
    const four = [
      thinking("qwen3:4b-thinking", 2.6, "always"),
      thinking("qwen3:4b", 2.6, "optional"),
      thinking("gemma3:4b", 2.5, "never"),
      thinking("qwen3:4b-instruct", 2.5, "never"),
      thinking("llama3.2:3b", 2.0, "never"),
    ];
    for (const order of [four, four.toReversed()]) check(16, order, "qwen3:4b-instruct");
    check(16, four.slice(0, 2), "qwen3:4b");
    check(16, [...four.slice(0, 3), model("llama3.2:3b", 2)], "gemma3:4b");
    // One that is clearly larger goes first, unless it always thinks and would be too slow at that.
    check(16, [...four, thinking("qwen3:8b", 5.2, "optional")], "qwen3:8b");
    const known = { ...machine("laptop"), bytesPerSecond: 30e9 };
    const large = thinking("deepseek-r1:8b", 5.2, "always");
    assert.equal(pickModel([...four, large], "", known, withTag), "qwen3:4b-instruct");
  });
  it("needs no look at the machine for a chosen model, or the only one", () => {
    assert.equal(dependsOnMachine(some, ""), true);
    assert.equal(dependsOnMachine(some, "qwen3:8b"), false);
    assert.equal(dependsOnMachine([model("a", 1), model("b", 2, "cloud")], ""), false);
  });
  it("obeys the user, whose name may lack the tag", () => {
    check(4, some, "qwen3:32b", "qwen3:32b");
    check(4, [model("phi4:latest", 9)], "phi4:latest", "phi4");
    check(4, some, undefined, "phi4");
    check(4, [model("a:1b", 1, "cloud")], undefined, "a:1b");
  });
});

describe("telling embedding models", () => {
  const listed = { digest: "", size: 1, remote_host: "", remote_model: "" };
  const check = (
    name: string,
    expected: boolean,
    more: Partial<Parameters<typeof makesEmbeddings>[0]> = {},
  ) => assert.equal(makesEmbeddings({ ...listed, name, ...more }, undefined), expected, name);

  it("goes by what the server says", () => {
    check("any:latest", true, { capabilities: ["embedding"] });
    check("nomic-embed-text", false, { capabilities: ["completion"] });
  });
  it("goes by the family where an old server says nothing", () => {
    for (const name of ["nomic-embed-text:latest", "bge-m3", "all-minilm:33m", "me/e5-small"])
      check(name, true);
    for (const name of ["qwen3:4b", "llama3.2", "gemma3:4b"]) check(name, false);
  });
  it("leaves out what runs elsewhere", () => {
    check("embeddinggemma-cloud", false, { capabilities: ["embedding"] });
    check("mine", false, { capabilities: ["embedding"], remote_host: "ollama.com" });
  });
});

describe("names and versions", () => {
  it("knows cloud names", () => {
    for (const name of ["gpt-oss:120b-cloud", "glm:cloud", "GLM:CLOUD", "x/y:7b-cloud", "mine-cloud"]) {
      assert.ok(hasCloudName(name), name);
    }
    for (const name of ["qwen3:4b", "cloudy:7b", "cloud-poet:7b"]) assert.ok(!hasCloudName(name), name);
  });
  it("adds the tag that is meant", () => {
    assert.equal(withTag("qwen3"), "qwen3:latest");
    assert.equal(withTag("qwen3:4b"), "qwen3:4b");
    assert.equal(withTag("host:5000/qwen3"), "host:5000/qwen3:latest");
  });
  it("compares versions by number", () => {
    assert.equal(compareVersions("0.9.9", "0.10.0"), -1);
    assert.equal(compareVersions("v0.35.0-rc1", "0.35.0"), 0);
    assert.equal(compareVersions("1.0", "0.99.99"), 1);
  });
});

describe("a model's numbers", () => {
  it("tell which share of a mixture of experts is read for a token", () => {
    const share = (all: unknown, used: unknown): number | undefined =>
      activeShare({ "general.architecture": "moe", "moe.expert_count": all, "moe.expert_used_count": used });
    // Qwen3 30B-A3B reads 3.3 of 30.5 billion weights, Mixtral 8x7B 12.9 of 46.7, gpt-oss 20B 3.6 of 20.9.
    for (const [all, used, real] of [
      [128, 8, 3.3 / 30.5],
      [8, 2, 12.9 / 46.7],
      [32, 4, 3.6 / 20.9],
    ] as const) {
      assert.ok(Math.abs((share(all, used) ?? 0) - real) < 0.02, `${used} of ${all}`);
    }
    for (const [all, used] of [
      [undefined, undefined],
      [0, 0],
      [8, 8],
      [8, "2"],
      [8, -1],
    ])
      assert.equal(share(all, used), undefined);
    assert.equal(activeShare(null), undefined);
  });
  it("are read from model_info", () => {
    const info = {
      "general.architecture": "qwen3",
      "qwen3.block_count": 36,
      "qwen3.context_length": 40_960,
      "qwen3.embedding_length": 2560,
      "qwen3.attention.head_count": 32,
      "qwen3.attention.head_count_kv": 8,
      "qwen3.attention.key_length": 128,
      "qwen3.attention.value_length": 128,
    };
    // Qwen3-4B: 36 layers of 8 heads of 128 keys and 128 values, two bytes each.
    assert.deepEqual(modelNumbers(info), { contextLength: 40_960, bytesPerToken: 36 * 8 * 256 * 2 });
    const { "qwen3.attention.key_length": _, "qwen3.attention.value_length": __, ...older } = info;
    assert.equal(modelNumbers(older).bytesPerToken, 36 * 8 * 160 * 2);
    assert.equal(
      modelNumbers({ ...info, "qwen3.attention.head_count_kv": [0, 8, 0, 8] }).bytesPerToken,
      147_456,
    );
  });
  it("are unknown when they are not there", () => {
    assert.deepEqual(modelNumbers(null), { contextLength: undefined, bytesPerToken: undefined });
  });
});

const only = "{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}<think>";
const both = `${only}{{ if and $.IsThinkSet (not $.Think) }}</think>{{ end }}`;

describe("whether a model thinks", () => {
  const shown = { remote_host: "", remote_model: "", template: "", modelfile: "", parameters: "" };
  const cases: [string, string, string[], Partial<typeof shown>, string][] = [
    ["one without the capability", "gemma3:4b", ["completion"], {}, "never"],
    ["one whose template has a place for the wish", "qwen3:8b", ["thinking"], { template: both }, "optional"],
    ["one whose template has none", "qwq:32b", ["thinking"], { template: only }, "always"],
    [
      "one of the server's own thinking templates",
      "x",
      ["thinking"],
      { modelfile: "RENDERER x-vl-thinking" },
      "always",
    ],
    ["one whose template is not told", "x", ["thinking"], { template: "{{ .Prompt }}" }, "optional"],
    ["gpt-oss", "gpt-oss:20b", ["thinking"], { template: both }, "always"],
  ];
  for (const [what, name, capabilities, part, expected] of cases) {
    it(`is told of ${what}`, () => {
      assert.equal(thinkingOf(name, capabilities, { ...shown, ...part }), expected);
    });
  }
});

describe("thoughts within the text", () => {
  const filtered = (text: string, size: number, canThink: boolean): string => {
    const filter = new ThoughtFilter(canThink);
    let out = "";
    const take = (said: ReturnType<typeof filter.end>): void => {
      for (const one of said) out = one.type === "unsaid" ? "" : out + (one.type === "text" ? one.text : "");
    };
    for (let i = 0; i < text.length; i += size) take(filter.push(text.slice(i, i + size)));
    take(filter.end());
    return out;
  };
  const cases: [string, string][] = [
    ["<think>a < b?</think>\n\nYes.", "Yes."],
    ["\n<thinking>x</thinking> Yes.", "Yes."],
    ["Yes.", "Yes."],
    ["A <think> tag is kept: </think>.", "A <think> tag is kept: </think>."],
    ["<b>bold</b>", "<b>bold</b>"],
    ["<", "<"],
    ["<think>never closed", ""],
    ["<think></think>", ""],
    // This letter is two when it is made small.
    ["<think>İİİİ İstanbul?</think>Yes.", "Yes."],
  ];
  for (const [text, expected] of cases) {
    it(`are taken out of ${JSON.stringify(text)}, however it is cut`, () => {
      for (let size = 1; size <= text.length; size++)
        for (const canThink of [true, false])
          assert.equal(filtered(text, size, canThink), expected, `size ${size}`);
    });
  }

  const lone: [string, string][] = [
    ["Let me see: 4?\n</think>\nIt is 5.", "It is 5."],
    ["</think>It is 5.", "It is 5."],
    ["Hm.</THINK> The tag </think> ends it.", "The tag </think> ends it."],
    ["The parser ends at `</think>`.", "The parser ends at `</think>`."],
    ["a < b, </p> and </thin", "a < b, </p> and </thin"],
  ];
  for (const [text, expected] of lone) {
    it(`end at a lone closing tag in ${JSON.stringify(text)}, if the model thinks`, () => {
      for (let size = 1; size <= text.length; size++) {
        assert.equal(filtered(text, size, true), expected, `size ${size}`);
        assert.equal(filtered(text, size, false), text, `size ${size}`);
      }
    });
  }

  const unknown: [string, string][] = [
    ["Let me see: 4?\n</think>\n\nIt is 5.", "It is 5."],
    ["Hm</think> \r\n\r\nIt is 5.", "It is 5."],
    ["It ends with\n```\n</think>\n\nx\n```\nas you see.", ""],
    ["The parser ends at </think>\nand goes on.", ""],
    ["It ends at </think>", ""],
    ["It begins with <think>\n\nand ends with </think>\n\nas you see.", ""],
  ];
  for (const [text, expected] of unknown) {
    it(`end at a lone tag before a blank line in ${JSON.stringify(text)}, whatever the model`, () => {
      for (let size = 1; size <= text.length; size++)
        assert.equal(filtered(text, size, false), expected || text, `size ${size}`);
    });
  }

  it("are given, whole, as what they are", () => {
    for (const text of ["<think>Let me see.</think>Yes.", "<think>Let me see."]) {
      const filter = new ThoughtFilter(true);
      const said = [...[...text].flatMap((sign) => filter.push(sign)), ...filter.end()];
      const thoughts = said.map((one) => (one.type === "thinking" ? one.text : "")).join("");
      assert.equal(thoughts, "Let me see.");
    }
  });

  it("that come apart leave a closing tag in the text to the answer", () => {
    const filter = new ThoughtFilter(true);
    filter.comeApart();
    assert.deepEqual(filter.push("It ends at </think>."), [{ type: "text", text: "It ends at </think>." }]);
  });
});
