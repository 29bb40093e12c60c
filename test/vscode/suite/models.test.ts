import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as vscode from "vscode";
import { FakeStore } from "../../support/fakeStore.ts";
import { carrel } from "./carrel.ts";

type Pick = vscode.QuickPickItem;

/** As much of a model server as keeping models takes. */
function startServer(asked: string[]): Promise<Server> {
  const store = new FakeStore();
  const first = { name: "first:1b", capabilities: ["completion"] };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || "{}") as { model?: string };
    const name = (body.model ?? "").replace(/:local$/, "");
    const path = request.url ?? "";
    asked.push(`${path} ${name}`.trim());
    const models = store.models([first]);
    const json = (value: object): void => void response.end(JSON.stringify(value));
    if (path === "/api/version") return json({ version: "0.35.2" });
    if (path === "/api/status") return json({ cloud: { disabled: true } });
    if (path === "/api/ps") return json({ models: [{ name: "first:1b", size: 3_000_000_000 }] });
    if (path === "/api/tags")
      return json({ models: models.map((one) => ({ ...one, size: 2_500_000_000, digest: one.name })) });
    if (path === "/api/show") return json({ capabilities: ["completion"] });
    if (path === "/api/pull")
      return store.pull(response, name, undefined, () => new Promise((resolve) => setTimeout(resolve, 5)));
    const model = models.find((one) => one.name === name);
    if (path === "/api/delete" && model) store.remove(model);
    return json({});
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** Answers for the person: the row whose label holds a text, and the button of a message. */
function answering(rows: string[], buttons: Record<string, string>): { said: string[]; stop(): void } {
  const said: string[] = [];
  const { showQuickPick, showWarningMessage, showInformationMessage } = vscode.window;
  const pick = async (given: readonly Pick[] | Thenable<readonly Pick[]>): Promise<Pick | undefined> => {
    const wanted = rows.shift() ?? "no row";
    const items = await given;
    said.push(
      ...items.map(({ label, description = "", detail = "" }) => `${label} | ${description} | ${detail}`),
    );
    return items.find(({ label }) => label.includes(wanted));
  };
  const message = async (text: string, ...rest: unknown[]): Promise<unknown> => {
    const [options] = rest as [{ detail?: string } | undefined];
    said.push(`${text} ${options?.detail ?? ""}`.trim());
    const button = Object.entries(buttons).find(([part]) => text.includes(part))?.[1];
    return rest.find((one) => one === button);
  };
  Object.assign(vscode.window, {
    showQuickPick: pick,
    showWarningMessage: message,
    showInformationMessage: message,
  });
  return {
    said,
    stop: () =>
      void Object.assign(vscode.window, { showQuickPick, showWarningMessage, showInformationMessage }),
  };
}

suite("Models", () => {
  const { Global } = vscode.ConfigurationTarget;
  const asked: string[] = [];
  let server: Server;
  let url = "";

  suiteSetup(async () => {
    await carrel();
    server = await startServer(asked);
    url = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    await vscode.workspace.getConfiguration("carrel").update("ollama.url", `http://${url}`, Global);
  });
  suiteTeardown(async () => {
    await vscode.workspace.getConfiguration("carrel").update("ollama.url", undefined, Global);
    await vscode.workspace.getConfiguration("carrel").update("chatModel", undefined, Global);
    server.close();
  });

  const chatModel = (): unknown => vscode.workspace.getConfiguration("carrel").get("chatModel");
  const pulls = (): string[] => asked.filter((one) => one.startsWith("/api/pull"));

  test("nothing is downloaded when the person says no", async () => {
    // The first list is closed at once, as by a web page that gets its focus back.
    const person = answering(["no row", "qwen3"], {});
    try {
      await vscode.commands.executeCommand("carrel.manageModels");
    } finally {
      person.stop();
    }
    assert.ok(
      person.said.some((text) => /first:1b \| .*in memory, 3\.0 GB/.test(text)),
      person.said.join("\n"),
    );
    const question = person.said.at(-1) ?? "";
    assert.match(question, /will download 2\.5 GB from registry\.ollama\.ai\./);
    assert.ok(question.includes(`Carrel itself opens no connection but to Ollama at ${url}.`), question);
    assert.deepEqual(pulls(), []);
  });

  test("a model is downloaded when the person says so, and used", async () => {
    const person = answering(["qwen3"], {
      "Download qwen3": "Download",
      "is there": "Write Answers with It",
    });
    try {
      await vscode.commands.executeCommand("carrel.manageModels");
    } finally {
      person.stop();
    }
    assert.equal(pulls().length, 1);
    assert.match(String(chatModel()), /^qwen3/);
  });

  test("deleting the model that answers asks, says so, and takes the choice back", async () => {
    const person = answering(["qwen3", "Delete"], { Delete: "Delete" });
    try {
      await vscode.commands.executeCommand("carrel.manageModels");
    } finally {
      person.stop();
    }
    const question = person.said.at(-1) ?? "";
    assert.match(question, /Up to 2\.5 GB become free.*You chose it to write your answers/);
    assert.ok(asked.some((one) => one.startsWith("/api/delete qwen3")));
    assert.equal(chatModel(), "");
  });

  test("a model in memory is let go of", async () => {
    const person = answering(["first:1b", "Free the memory"], {});
    try {
      await vscode.commands.executeCommand("carrel.manageModels");
    } finally {
      person.stop();
    }
    assert.ok(
      asked.some((one) => one.startsWith("/api/generate first:1b")),
      asked.join("\n"),
    );
    // This server does not let go of it.
    assert.match(person.said.at(-1) ?? "", /first:1b is answering somebody/);
  });
});
