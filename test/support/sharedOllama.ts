import { after, beforeEach } from "node:test";
import { startFakeOllama } from "./fakeOllama.ts";
import { eventually } from "./workspace.ts";

/** The stand-in for Ollama that the tests of a file share; each begins with no requests noted. */
export const fake = await startFakeOllama();
after(() => fake.close());
beforeEach(() => {
  fake.requests.length = 0;
});

/** Waits until a client has asked for this. */
export async function isAsked(path = "/api/chat"): Promise<void> {
  await eventually(`a request for ${path}`, async () => fake.requests.some((one) => one.path === path));
}

/** Waits until the server has seen that the client that asked for this has gone. */
export async function isCut(path = "/api/chat"): Promise<void> {
  await eventually(`the end of a request for ${path}`, async () =>
    fake.requests.some((one) => one.path === path && one.aborted),
  );
}
