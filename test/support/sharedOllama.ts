import { after, beforeEach } from "node:test";
import { startFakeOllama } from "./fakeOllama.ts";

/** The stand-in for Ollama that the tests of a file share; each begins with no requests noted. */
export const fake = await startFakeOllama();
after(() => fake.close());
beforeEach(() => {
  fake.requests.length = 0;
});
