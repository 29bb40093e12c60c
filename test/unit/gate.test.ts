import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createGate, isLoopback } from "../../models/egress/gate.ts";
import { installSeatBelt } from "../../walls/seatBelt.ts";
import { failure } from "../support/failure.ts";

let server: Server;
let port = 0;
let requests: string[] = [];

before(async () => {
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (request.url === "/redirect") {
      response.writeHead(302, { location: "http://203.0.113.9/stolen" }).end();
    } else if (request.url === "/echo") {
      request.pipe(response);
    } else if (request.url === "/nothing") {
      response.writeHead(204).end();
    } else if (request.url !== "/hang") {
      response.end(request.headers.host);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

describe("the egress gate", () => {
  it("knows the literal addresses of this machine, and no names", () => {
    for (const host of ["127.0.0.1", "127.8.9.10", "::1", "[::1]"]) assert.ok(isLoopback(host), host);
    for (const host of [
      "localhost",
      "127.0.0.1.evil.example",
      "10.0.0.1",
      "0.0.0.0",
      "::",
      "::ffff:8.8.8.8",
    ]) {
      assert.ok(!isLoopback(host), host);
    }
  });

  it("lets requests to this machine through, with body, status and headers", async () => {
    const gate = createGate({ allowedHosts: [] });
    const fetch = gate.fetchFor("a test");
    const echoed = await fetch(`http://127.0.0.1:${port}/echo`, { method: "POST", body: "Grüße" });
    assert.equal(await echoed.text(), "Grüße");
    assert.equal((await fetch(`http://127.0.0.1:${port}/nothing`)).status, 204);
    assert.deepEqual(
      gate.connections().map(({ time, ...rest }) => rest),
      [
        {
          host: "127.0.0.1",
          port,
          purpose: "a test",
          allowed: true,
          opened: true,
          reason: "this machine (2 times)",
        },
      ],
    );
  });

  it("tells what was opened from what met nobody", async () => {
    const gate = createGate({ allowedHosts: [] });
    await assert.rejects(gate.fetchFor("a test")("http://127.0.0.1:9/"));
    const [{ allowed, opened, reason } = assert.fail()] = gate.connections();
    assert.deepEqual(
      { allowed, opened, reason },
      { allowed: true, opened: false, reason: "this machine, where nothing answered" },
    );
  });

  it("turns localhost into 127.0.0.1 before it connects", async () => {
    const gate = createGate({ allowedHosts: [] });
    const response = await gate.fetchFor("a test")(`http://localhost:${port}/`);
    assert.equal(await response.text(), `127.0.0.1:${port}`);
    assert.equal(gate.connections()[0]?.host, "127.0.0.1");
  });

  const elsewhere = [
    "http://203.0.113.9/",
    "https://ollama.com/api/chat",
    "http://0.0.0.0:11434/",
    "http://127.0.0.1.evil.example/",
    "http://[::ffff:203.0.113.9]/",
  ];
  for (const url of elsewhere) {
    it(`refuses ${url} and records it`, async () => {
      const gate = createGate({ allowedHosts: ["other.example"] });
      const error = await failure(gate.fetchFor("a test")(url));
      assert.match(error.message, /refused to connect/);
      assert.match(error.remedy, /carrel\.allowedHosts/);
      assert.equal(gate.connections()[0]?.allowed, false);
    });
  }

  it("refuses other protocols", async () => {
    const gate = createGate({ allowedHosts: ["evil.example"] });
    await failure(gate.fetchFor("a test")("ftp://evil.example/"));
    assert.match(gate.connections()[0]?.reason ?? "", /neither http nor https/);
  });

  it("follows no redirect", async () => {
    requests = [];
    const gate = createGate({ allowedHosts: [] });
    const error = await failure(gate.fetchFor("a test")(`http://127.0.0.1:${port}/redirect`));
    assert.match(error.message, /203\.0\.113\.9/);
    assert.deepEqual(requests, ["GET /redirect"]);
    assert.equal(gate.connections().at(-1)?.allowed, false);
  });

  it("lets an allowed host through, by name or by name and port, and only that port", async () => {
    const judged = async (allowed: string, url: string): Promise<boolean> => {
      const gate = createGate({ allowedHosts: [allowed] });
      const controller = new AbortController();
      const pending = gate.fetchFor("a test")(url, { signal: controller.signal });
      // Only the verdict is of interest, which stands before anything is sent.
      controller.abort();
      await pending.catch(() => undefined);
      return gate.connections()[0]?.allowed ?? false;
    };
    assert.equal(await judged("gpu.invalid", "http://gpu.invalid:1/"), true);
    assert.equal(await judged("GPU.invalid:1", "http://gpu.invalid:1/"), true);
    assert.equal(await judged("http://gpu.invalid:1/", "http://gpu.invalid:1/"), true);
    assert.equal(await judged("gpu.invalid:2", "http://gpu.invalid:1/"), false);
    assert.equal(await judged("gpu.invalid:80", "http://gpu.invalid:1/"), false);
    assert.equal(await judged("gpu.invalid:80", "http://gpu.invalid/"), true);
    assert.equal(await judged("invalid", "http://gpu.invalid:1/"), false);
    assert.equal(await judged("[fd00::1]:1", "http://[fd00::1]:1/"), true);
  });

  it("forgets a host that left the list", async () => {
    const gate = createGate({ allowedHosts: ["gpu.invalid"] });
    gate.setAllowedHosts([]);
    await failure(gate.fetchFor("a test")("http://gpu.invalid/"));
  });

  it("uses no proxy of the environment", async () => {
    const gateFile = pathToFileURL(join(import.meta.dirname, "../../models/egress/gate.ts")).href;
    // The global fetch takes the proxy, where nobody listens: that shows that the environment sets one.
    const program = `
      import { createGate } from ${JSON.stringify(gateFile)};
      const url = "http://127.0.0.1:${port}/";
      const viaGate = await createGate({ allowedHosts: [] }).fetchFor("a test")(url);
      const viaGlobal = await fetch(url).then(() => "reached", () => "failed");
      process.stdout.write(viaGate.status + " " + viaGlobal);`;
    const proxy = "http://127.0.0.1:1";
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
      env: {
        ...process.env,
        NODE_USE_ENV_PROXY: "1",
        HTTP_PROXY: proxy,
        http_proxy: proxy,
        NO_PROXY: "",
        no_proxy: "",
      },
    });
    assert.equal(stdout, "200 failed");
  });

  it("gives up when aborted, before and after the request was sent", async () => {
    const fetch = createGate({ allowedHosts: [] }).fetchFor("a test");
    await assert.rejects(fetch(`http://127.0.0.1:${port}/hang`, { signal: AbortSignal.abort() }), {
      name: "AbortError",
    });
    const controller = new AbortController();
    const pending = fetch(`http://127.0.0.1:${port}/hang`, { signal: controller.signal });
    setImmediate(() => controller.abort());
    await assert.rejects(pending, { name: "AbortError" });
  });

  it("says what failed when nobody listens", async () => {
    const error: unknown = await createGate({ allowedHosts: [] })
      .fetchFor("a test")("http://127.0.0.1:1/")
      .catch((thrown: unknown) => thrown);
    assert.ok(error instanceof TypeError && error.cause instanceof Error && "code" in error.cause);
    assert.equal(error.cause.code, "ECONNREFUSED");
  });

  it("remembers a bounded number of different attempts", async () => {
    const gate = createGate({ allowedHosts: [] });
    for (let i = 1; i <= 600; i++) gate.refused({ host: "evil.example", port: i, purpose: "a test" });
    assert.equal(gate.connections().length, 500);
    assert.equal(gate.connections().at(-1)?.port, 600);
  });
});

describe("the seat belt", () => {
  /** Runs `work` under the belt and gives the targets that were refused. */
  async function underBelt(work: () => unknown): Promise<string[]> {
    const gate = createGate({ allowedHosts: [] });
    const takeOff = installSeatBelt({ gate });
    try {
      await work();
    } catch {
      // The refusal itself: what counts is what was recorded.
    } finally {
      takeOff();
    }
    return gate.connections().map(({ host, port: target, allowed }) => `${host}:${target} ${allowed}`);
  }

  it("refuses what does not pass the gate, fetch and this machine included", async () => {
    assert.deepEqual(await underBelt(() => fetch(`http://127.0.0.1:${port}/`)), [`127.0.0.1:${port} false`]);
    assert.deepEqual(await underBelt(() => net.connect(port, "127.0.0.1")), [`127.0.0.1:${port} false`]);
    assert.deepEqual(await underBelt(() => net.connect({ port, host: "127.0.0.1" })), [
      `127.0.0.1:${port} false`,
    ]);
    assert.deepEqual(await underBelt(() => new net.Socket().connect(port, "127.0.0.1")), [
      `127.0.0.1:${port} false`,
    ]);
    assert.deepEqual(await underBelt(() => fetch("https://evil.invalid/")), ["evil.invalid:443 false"]);
  });

  it("refuses look-ups of names and UDP", async () => {
    assert.deepEqual(await underBelt(() => dns.promises.lookup("evil.invalid")), ["evil.invalid:0 false"]);
    assert.deepEqual(await underBelt(() => dns.resolveTxt("secret.evil.invalid", () => undefined)), [
      "secret.evil.invalid:0 false",
    ]);
    const socket = dgram.createSocket("udp4");
    assert.equal((await underBelt(() => socket.send("x", 53, "127.0.0.1"))).length, 1);
    socket.close();
  });

  it("lets the gate's own requests pass, by address and by a name that must be looked up", async () => {
    const gate = createGate({ allowedHosts: ["localhost.localdomain", "gpu.invalid"] });
    const takeOff = installSeatBelt({ gate });
    try {
      assert.equal((await gate.fetchFor("a test")(`http://127.0.0.1:${port}/`)).status, 200);
      const error: unknown = await gate
        .fetchFor("a test")("https://gpu.invalid/")
        .catch((thrown: unknown) => thrown);
      // The name can't be resolved anywhere; what matters is that its look-up was not refused.
      assert.ok(error instanceof TypeError, String(error));
      assert.deepEqual(
        gate.connections().map(({ host, allowed }) => `${host} ${allowed}`),
        ["127.0.0.1 true", "gpu.invalid true"],
      );
    } finally {
      takeOff();
    }
  });

  it("leaves local pipes and sockets of the file system alone", async () => {
    const folder = await mkdtemp(join(tmpdir(), "carrel-"));
    const path = process.platform === "win32" ? "\\\\.\\pipe\\carrel-test" : join(folder, "socket");
    const local = net.createServer((socket) => socket.end("hello"));
    await new Promise<void>((resolve) => local.listen(path, resolve));
    const takeOff = installSeatBelt({ gate: createGate({ allowedHosts: [] }) });
    try {
      const socket = net.connect(path);
      let heard = "";
      for await (const chunk of socket) heard += String(chunk);
      assert.equal(heard, "hello");
    } finally {
      takeOff();
      local.close();
      await rm(folder, { recursive: true });
    }
  });

  it("is gone when taken off", async () => {
    installSeatBelt({ gate: createGate({ allowedHosts: [] }) })();
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200);
  });
});
