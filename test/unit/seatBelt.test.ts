import assert from "node:assert/strict";
import childProcess, { fork, spawn } from "node:child_process";
import inspector from "node:inspector";
import nodeModule from "node:module";
import net from "node:net";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { createGate, type Gate } from "../../models/egress/gate.ts";
import { asTest, beneathBelt, installSeatBelt } from "../../walls/seatBelt.ts";

const refused = /^A library tried to .+, which was refused\.$/;
/** Kept as a library that was loaded first would keep it: a reference to the function as it was. */
const savedSpawn = childProcess.spawn;
/** Not installed anywhere: a start that is let through ends with ENOENT. */
const nowhere = "/nonexistent/carrel-program";

describe("the seat belt of every process", () => {
  let gate: Gate;
  let takeOff: () => void;
  beforeEach(() => {
    gate = createGate({ allowedHosts: [] });
    takeOff = installSeatBelt({ gate, programs: ["/opt/carrel/parser.js"] });
  });
  afterEach(() => takeOff());

  const ways: [name: string, attempt: () => unknown][] = [
    ["a thread", () => new Worker("0", { eval: true })],
    ["a thread of module hooks", () => nodeModule.register("data:text/javascript,")],
    ["spawn", () => spawn(nowhere)],
    ["spawn, fetched before", () => savedSpawn(nowhere)],
    ["exec", () => childProcess.exec(nowhere)],
    ["execFile", () => childProcess.execFile(nowhere)],
    ["fork of another program", () => fork("/opt/other.js", [], { execPath: nowhere })],
    ["fork with our program as an argument", () => fork("/opt/other.js", ["/opt/carrel/parser.js", "x"])],
    ["spawnSync", () => childProcess.spawnSync(nowhere)],
    ["execSync", () => childProcess.execSync(nowhere)],
    ["execFileSync", () => childProcess.execFileSync(nowhere)],
    ["process.binding", () => Reflect.apply(Reflect.get(process, "binding"), process, ["tcp_wrap"])],
    ["process._linkedBinding", () => Reflect.apply(Reflect.get(process, "_linkedBinding"), process, ["x"])],
    ["process._debugProcess", () => Reflect.apply(Reflect.get(process, "_debugProcess"), process, [2 ** 30])],
    ["the debugger's port", () => inspector.open(0)],
    ["a server", () => net.createServer().listen("/nonexistent/socket")],
    ["a socket of an options array", () => new net.Socket().connect({ port: 9, host: "192.0.2.1" })],
  ];
  for (const [name, attempt] of ways) {
    it(`refuses ${name}`, () => assert.throws(attempt, { message: refused }));
  }

  it("refuses to become another program", { skip: !("execve" in process) && "this Node has none" }, () => {
    assert.throws(() => process.execve?.(nowhere), { message: refused });
  });

  it("lets our own programs start", async () => {
    const child = fork("/opt/carrel/parser.js", [], { execPath: nowhere });
    const [error] = await new Promise<[NodeJS.ErrnoException]>((resolve) => {
      child.once("error", (reason) => resolve([reason]));
    });
    assert.equal(error.code, "ENOENT");
  });

  it("tells a test of the walls from a library's attempt", () => {
    const connect = (): unknown => net.connect(9, "192.0.2.1");
    assert.throws(() => asTest(connect), { message: refused });
    assert.throws(connect, { message: refused });
    assert.deepEqual(
      gate.connections().map(({ purpose }) => purpose),
      ["test of the walls", "a library of this process"],
    );
  });

  it("is off beneath itself only while asked to", () => {
    const socket = new net.Socket().on("error", () => undefined);
    beneathBelt(() => socket.connect("/nonexistent/socket"));
    assert.throws(() => beneathBelt(() => assert.fail("as planned")), /as planned/);
    assert.throws(() => net.connect(9, "192.0.2.1"), { message: refused });
    socket.destroy();
  });

  it("is gone when taken off", () => {
    takeOff();
    assert.equal(childProcess.spawnSync(nowhere).error?.message, `spawnSync ${nowhere} ENOENT`);
  });
});

describe("the seat belt of a process without network", () => {
  it("refuses local pipes too", () => {
    const takeOff = installSeatBelt({});
    try {
      assert.throws(() => net.connect("/nonexistent/socket"), { message: refused });
    } finally {
      takeOff();
    }
  });

  it("starts a command of the system with its arguments, and with no others", async () => {
    const command = [process.execPath, "--version"];
    const takeOff = installSeatBelt({ commands: [command] });
    try {
      const [file = "", ...rest] = command;
      const child = childProcess.spawn(file, rest, { stdio: "ignore" });
      assert.equal(await new Promise((resolve) => child.once("exit", resolve)), 0);
      const others: (() => unknown)[] = [
        () => childProcess.spawn(file, ["-e", "0"]),
        () => childProcess.spawn(file, [...rest, "-e", "0"]),
        () => childProcess.spawn(file, []),
        () => childProcess.spawn(nowhere, rest),
        () => childProcess.spawn(nowhere, rest, { argv0: file }),
        () => childProcess.spawn(command.join(" "), { shell: true }),
      ];
      for (const other of others) assert.throws(other, { message: refused });
    } finally {
      takeOff();
    }
  });
});
