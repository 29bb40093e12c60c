import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  footprintOf,
  isComfortable,
  type ModelSize,
  paceOf,
  promptPaceOf,
  ratesOf,
} from "../../models/machine/reckoning.ts";
import { reasoningOf } from "../../models/machine/reckoningWords.ts";
import type { Fit } from "../../protocol/machine.ts";
import { machine, type machines } from "../support/machines.ts";

type Name = keyof typeof machines;

/** 4, 8, 14 and 32 billion parameters at four bits, and a mixture of experts. */
const four: ModelSize = { sizeBytes: 2.5e9, bytesPerToken: 147_456, parameters: 4.02e9 };
const eight: ModelSize = { sizeBytes: 5.2e9, bytesPerToken: 147_456, parameters: 8.2e9 };
const fourteen: ModelSize = { sizeBytes: 9.3e9, bytesPerToken: 163_840, parameters: 14.8e9 };
const large: ModelSize = { sizeBytes: 20e9, bytesPerToken: 262_144, parameters: 32.8e9 };
const mixture: ModelSize = { sizeBytes: 19e9, bytesPerToken: 98_304, parameters: 30.5e9, activeShare: 0.108 };

describe("whether a model fits", () => {
  const check = (name: Name, model: ModelSize, contextTokens: number, fit: Fit): void =>
    assert.equal(footprintOf(machine(name), model, contextTokens).fit, fit, `${name}, ${contextTokens}`);

  it("is told by its weights, its context and the server together", () => {
    const { contextBytes, totalBytes } = footprintOf(machine("laptop"), four, 8_192);
    assert.equal(contextBytes, 147_456 * 8_192);
    assert.equal(totalBytes, 2.5e9 + 147_456 * 8_192 + 0.6e9);
  });
  it("goes by what is free now, and says what would be free", () => {
    check("smallLaptop", four, 4_096, "memory");
    check("smallLaptop", four, 8_192, "crowded");
    check("smallLaptop", four, 32_768, "no");
    check("smallLaptop", eight, 8_192, "no");
    check("laptop", eight, 8_192, "memory");
    check("laptop", fourteen, 8_192, "crowded");
    check("laptop", large, 4_096, "no");
  });
  it("takes a graphics card first, then a part of it, and passes over one that is too small", () => {
    check("desktop", fourteen, 32_768, "graphics");
    check("desktop", large, 32_768, "partly");
    check("smallCard", four, 8_192, "graphics");
    check("smallCard", fourteen, 8_192, "partly");
    check("laptop", { sizeBytes: 0.5e9 }, 4_096, "memory");
  });
  it("counts memory that graphics share once", () => {
    check("apple", fourteen, 8_192, "graphics");
    check("apple", large, 8_192, "crowded");
  });
  it("keeps to a container's limit", () => {
    check("container", four, 4_096, "no");
    check("container", { sizeBytes: 0.5e9 }, 4_096, "memory");
  });
});

describe("how fast a model writes", () => {
  const pace = (name: Name, model: ModelSize) =>
    paceOf(machine(name), model, footprintOf(machine(name), model, 8_192));

  it("is by what it reads for each token, from the whole context at the slowest rate to none at the fastest", () => {
    const { memory } = ratesOf(machine("laptop"));
    assert.deepEqual(memory, { least: 25e9, most: 45e9 });
    const found = pace("laptop", four);
    assert.ok(found);
    assert.ok(Math.abs(1 / found.least - ((2.5e9 + 147_456 * 8_192) / 25e9 + 0.002)) < 1e-9);
    assert.ok(Math.abs(1 / found.most - (2.5e9 / 45e9 + 0.002)) < 1e-9);
  });
  it("is limited by what few cores get through, however fast memory is", () => {
    assert.deepEqual(ratesOf(machine("container")).memory, { least: 12e9, most: 32e9 });
  });
  it("of a mixture of experts is that of its active part", () => {
    const inMemory = { ...machine("desktop"), graphics: [] };
    const [dense, sparse] = [{ ...mixture, activeShare: 1 }, mixture].map((model) =>
      paceOf(inMemory, model, footprintOf(inMemory, model, 8_192)),
    );
    assert.ok(dense && sparse && sparse.most > dense.most * 5);
  });
  it("lies, on a card that takes a part, between that of the card and that of memory", () => {
    const [whole, part] = [pace("smallCard", four), pace("smallCard", fourteen)];
    const inMemory = paceOf(
      { ...machine("smallCard"), graphics: [] },
      fourteen,
      footprintOf({ ...machine("smallCard"), graphics: [] }, fourteen, 8_192),
    );
    assert.ok(whole && part && inMemory);
    assert.ok(inMemory.least < part.least && part.most < whole.most);
  });
  it("is not told where the size is unknown or it does not fit", () => {
    assert.equal(pace("laptop", { sizeBytes: 0 }), undefined);
    assert.equal(pace("laptop", large), undefined);
    assert.equal(
      promptPaceOf(machine("desktop"), four, footprintOf(machine("desktop"), four, 8_192)),
      undefined,
    );
  });
  it("is a number whatever a server and a machine tell", () => {
    const absurd = [0, -1, 1e-9, 1e30, Number.NaN, Number.POSITIVE_INFINITY];
    for (const value of absurd) {
      for (const model of [
        { sizeBytes: value },
        { ...four, bytesPerToken: value },
        { ...four, activeShare: value },
      ]) {
        for (const one of [
          machine("laptop"),
          { ...machine("laptop"), bytesPerSecond: value },
          { ...machine("laptop"), memoryBytes: Number.isFinite(value) ? value : 0 },
        ]) {
          const place = footprintOf(one, model, 8_192);
          const found = paceOf(one, model, place);
          const numbers = found ? [found.least, found.most] : [];
          assert.ok(
            numbers.every((number) => number > 0 && Number.isFinite(number)),
            JSON.stringify({ model, one, found }),
          );
          assert.equal(typeof isComfortable(one, model), "boolean");
          assert.doesNotMatch(reasoningOf(one, model, [place], place, found), /NaN|Infinity|undefined/);
        }
      }
    }
  });
});

describe("a comfortable model", () => {
  const comfortable = (name: Name): string =>
    Object.entries({ four, eight, fourteen, large, mixture })
      .filter(([, model]) => isComfortable(machine(name), model))
      .map(([label]) => label)
      .join(" ");

  it("leaves room to other programs and writes at a bearable pace", () => {
    assert.equal(comfortable("smallLaptop"), "four");
    assert.equal(comfortable("laptop"), "four eight");
    assert.equal(comfortable("smallCard"), "four eight fourteen mixture");
    assert.equal(comfortable("desktop"), "four eight fourteen large mixture");
    assert.equal(comfortable("apple"), "four eight fourteen");
    assert.equal(comfortable("container"), "");
  });
  it("does not depend on what else runs just now", () => {
    const busy = { ...machine("laptop"), availableBytes: 0.1e9 };
    assert.equal(isComfortable(busy, eight), true);
    const graphics = machine("desktop").graphics.map((card) => ({ ...card, freeBytes: 0 }));
    assert.equal(isComfortable({ ...machine("desktop"), graphics }, large), true);
  });
  it("that always thinks must write faster", () => {
    assert.equal(isComfortable(machine("laptop"), { ...eight, alwaysThinks: true }), false);
    assert.equal(isComfortable(machine("desktop"), { ...fourteen, alwaysThinks: true }), true);
  });
  it("reads its prompt in a time that one can bear", () => {
    assert.equal(isComfortable({ ...machine("laptop"), cores: 2 }, eight), false);
  });
  it("is one that ordinary memory is fast enough for, where it was not measured", () => {
    const { bytesPerSecond: _, ...unmeasured } = { ...machine("apple"), graphics: [] };
    assert.equal(isComfortable(unmeasured, eight), true);
    assert.equal(isComfortable({ ...unmeasured, memoryBytes: 128e9 }, fourteen), false);
    assert.equal(isComfortable(unmeasured, { sizeBytes: 0 }), false);
    const few = ratesOf({ ...unmeasured, cores: 1 }).memory;
    assert.deepEqual(few, { least: 6e9, most: 16e9 });
  });
});

describe("the reasoning", () => {
  const words = (name: Name, model: ModelSize): string => {
    const one = machine(name);
    const places = [4_096, 8_192, 32_768].map((tokens) => footprintOf(one, model, tokens));
    const [, usual] = places;
    assert.ok(usual);
    return reasoningOf(one, model, places, usual, paceOf(one, model, usual));
  };

  it("shows the sum, where it fits, and what the pace rests on", () => {
    assert.equal(
      words("laptop", four),
      "2.5 GB of weights + 1.2 GB for 8,192 tokens of context + 0.6 GB for the server = 4.3 GB, which fits into the 9.0 GB of free memory. With 4,096 tokens 3.7 GB (fits into memory), with 32,768 tokens 7.9 GB (fits into memory). For each token it reads 2.5 GB and up to 1.2 GB of the context, at 25 to 45 GB a second: about 7 to 17 tokens a second, 5 to 13 words.",
    );
  });
  it("names the graphics card, its part, and what is crowded", () => {
    assert.match(
      words("desktop", fourteen),
      /= 11\.2 GB, which fits into the 21\.6 GB that graphics can have/,
    );
    assert.match(words("smallCard", fourteen), /of which 7\.2 GB fit into graphics memory and 4\.0 GB into/);
    assert.match(
      words("smallLaptop", four),
      /more than the 4\.0 GB of free memory, but it fits into the machine's 8\.0 GB when other programs/,
    );
    assert.match(words("container", large), /which does not fit into the machine's 2\.0 GB\./);
  });
  it("says what is not known", () => {
    assert.match(
      words("laptop", { sizeBytes: 2.5e9 }),
      /an unknown amount for the context .+ at least 3\.1 GB/,
    );
    assert.equal(
      words("laptop", { sizeBytes: 0 }),
      "How large it is nobody tells, so nothing can be reckoned.",
    );
    assert.match(words("desktop", mixture), /reads 2\.1 GB \(the part of the weights that is active\)/);
  });
});
