import assert from "node:assert/strict";
import { test } from "node:test";
import { Confinement, type Machine } from "../../walls/confine.ts";

const program = {
  entry: "/opt/carrel/dist/parser.js",
  nodeArguments: ["--max-old-space-size=512"],
  readable: ["/home/me/work"],
  hasNativeCode: false,
};

function machine(some: Partial<Machine>): Machine {
  return {
    platform: "linux",
    isRoot: false,
    execPath: "/opt/node",
    knows: () => true,
    has: () => true,
    ...some,
  };
}

function lineOf(some: Partial<Machine>, given = program): string {
  const { execPath, execArgv } = new Confinement(machine(some)).launch(given);
  return [execPath, ...execArgv].join(" ");
}

test("Linux takes the network away, for a user and for root", () => {
  assert.match(lineOf({}), /^\/usr\/bin\/unshare --user --map-current-user --net -- \/opt\/node /);
  const root = lineOf({ isRoot: true });
  assert.match(
    root,
    /^\/usr\/bin\/unshare --net -- \/usr\/bin\/setpriv --bounding-set=-all,\+dac_read_search /,
  );
  assert.match(root, / --no-new-privs -- \/opt\/node /);
});

test("Linux holds a program to its memory, inside of the other walls, where it is to have a limit", () => {
  const limited = { ...program, mostMemoryMb: 2_500 };
  assert.match(
    lineOf({}, limited),
    /^\/usr\/bin\/unshare .*-- \/usr\/bin\/prlimit --data=2500000000 -- \/opt\/node /,
  );
  assert.match(
    lineOf({ isRoot: true }, limited),
    / --no-new-privs -- \/usr\/bin\/prlimit --data=2500000000 -- /,
  );
  assert.doesNotMatch(lineOf({}), /prlimit/);
  assert.doesNotMatch(lineOf({ platform: "darwin" }, limited), /prlimit/);
  assert.doesNotMatch(lineOf({ has: (path) => !path.endsWith("prlimit") }, limited), /prlimit/);
});

test("macOS takes the network away with sandbox-exec, Windows with nothing", () => {
  assert.match(
    lineOf({ platform: "darwin" }),
    /^\/usr\/bin\/sandbox-exec -p .*\(deny network\*\) \/opt\/node /,
  );
  assert.match(lineOf({ platform: "win32" }), /^\/opt\/node --max-old-space-size=512 /);
});

test("Node's permission model allows what is named, and native code where it is needed alone", () => {
  const line = lineOf({ platform: "win32" });
  assert.match(
    line,
    / --permission .*--allow-fs-read=\/opt\/carrel\/dist .*--allow-fs-read=\/home\/me\/work\/\*$/,
  );
  assert.doesNotMatch(line, /--allow-(?:addons|fs-write|child-process|worker|wasi|net|inspector)/);
  assert.match(lineOf({}, { ...program, hasNativeCode: true }), / --allow-addons$/);
  assert.doesNotMatch(lineOf({ knows: () => false }), /permission|allow|sigusr1/);
});

test("a drive is allowed in both of its spellings", () => {
  const line = lineOf({ platform: "win32" }, { ...program, readable: ["c:\\work"] });
  assert.match(line, /--allow-fs-read=C:\\work.\* --allow-fs-read=c:\\work.\*$/);
});

test("what does not start loses a wall, once for each failure and never more than there are", () => {
  const confinement = new Confinement(machine({}));
  const seen: string[] = [];
  for (let tries = 0; tries < 7; tries++) {
    const launch = confinement.launch({ ...program, mostMemoryMb: 2_500 });
    const isLimited = launch.execArgv.includes("--data=2500000000");
    seen.push(`${launch.execPath} ${launch.hasPermissions}${isLimited ? " limited" : ""}`);
    const again = confinement.launch(program);
    assert.equal(confinement.failed(launch), tries < 4);
    // Started beside it, behind the same walls: nothing new is learnt from it.
    assert.equal(confinement.failed(again), tries < 4);
  }
  assert.deepEqual(seen, [
    "/usr/bin/unshare true limited",
    "/usr/bin/unshare true",
    "/opt/node true",
    "/usr/bin/unshare false",
    ...Array(3).fill("/opt/node false"),
  ]);
  const bare = new Confinement(machine({ knows: () => false, has: () => false }));
  assert.equal(bare.failed(bare.launch(program)), false);
});
