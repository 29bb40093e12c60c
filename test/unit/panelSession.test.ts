import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Channel } from "../../protocol/channel.ts";
import type { ChatServer } from "../../protocol/data.ts";
import { panelContract, panelHostContract } from "../../protocol/panel.ts";
import { portPair } from "../../protocol/port.ts";
import { Session } from "../../webview/session/session.ts";
import { chatReady, defaultHandlers } from "../webview/conversations.ts";

test("of two looks at the model server that overlap, what the later one has seen is shown", async () => {
  const looks: ((chat: ChatServer) => void)[] = [];
  const [page, extension] = portPair();
  const host = new Channel(extension, panelContract, panelHostContract, {
    ...defaultHandlers,
    ready: () => ({ engine: { state: "starting" as const }, folders: [], opensOutside: false }),
    chatServer: () => new Promise((resolve) => looks.push(resolve)),
  });
  const session = new Session({
    port: page,
    saved: undefined,
    save: () => undefined,
    nextFrame: (run) => run(),
  });
  await session.start();
  // What a changed setting tells the panel, twice.
  for (let time = 0; time < 2; time++) host.notify("models", {});
  while (looks.length < 2) await turn();
  looks[1]?.({ ...chatReady, chosen: "the new one" });
  looks[0]?.({ ...chatReady, chosen: "the old one" });
  while (session.state.chat === undefined) await turn();
  await turn();
  assert.equal(session.state.chat.chosen, "the new one");
});
