import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fill, readingSpeed } from "../../models/machine/readingSpeed.ts";
import { readMachine } from "../../models/machine/readMachine.ts";
import { runCommand } from "../../models/machine/system.ts";
import { systemWith } from "../support/machines.ts";

const gib = 1024 ** 3;
const meminfo = {
  "/proc/meminfo": "MemTotal:       16000000 kB\nMemFree: 5 kB\nMemAvailable:    8000000 kB\n",
};

describe("memory", () => {
  const check = async (
    files: Readonly<Record<string, string>>,
    expected: { bytes: number; available?: number; container?: boolean },
  ): Promise<void> => {
    const found = await readMachine(systemWith({ ...meminfo, ...files }));
    assert.deepEqual(
      [found.memoryBytes, found.availableBytes, found.isContainer],
      [expected.bytes, expected.available, expected.container ?? false],
    );
  };

  it("is what programs can have without others being pushed out", () =>
    check({}, { bytes: 16e9, available: 8_192_000_000 }));
  it("is limited by a control group of the second version, less what it uses", () =>
    check(
      {
        "/proc/self/cgroup": "0::/\n",
        "/sys/fs/cgroup/memory.max": "4294967296\n",
        "/sys/fs/cgroup/memory.current": "3221225472\n",
        "/sys/fs/cgroup/memory.stat": "anon 5\ninactive_file 1073741824\n",
      },
      { bytes: 4 * gib, available: 2 * gib, container: true },
    ));
  it("is limited by the lowest of the groups that stand above", () =>
    check(
      {
        "/proc/self/cgroup": "0::/user.slice/carrel.service\n",
        "/sys/fs/cgroup/user.slice/carrel.service/memory.max": "max\n",
        "/sys/fs/cgroup/user.slice/memory.max": "2147483648\n",
      },
      { bytes: 2 * gib, available: 2 * gib, container: true },
    ));
  it("is limited by a control group of the first version, whose path may be that of the outside", () =>
    check(
      {
        "/proc/self/cgroup": "4:cpu:/docker/abc\n3:memory,hugetlb:/docker/abc\n0::/docker/abc\n",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": "1073741824\n",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes": "2000000000\n",
      },
      { bytes: gib, available: 0, container: true },
    ));
  it("has no limit where a group's is above it, or absurd", async () => {
    const usual = { bytes: 16e9, available: 8_192_000_000 };
    for (const limit of ["9223372036854771712", "max", "-1", "0", "", "many"]) {
      const files = {
        "/proc/self/cgroup": "1:memory:/\n",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": limit,
      };
      await check(files, usual);
    }
  });
  it("is read of macOS by pages, and stays unknown where those are not told", async () => {
    const sysctl =
      "hw.physicalcpu: 8\nhw.pagesize: 16384\nvm.page_free_count: 1000\nvm.page_pageable_external_count: 2000\n";
    const mac = (output: string) =>
      readMachine(
        systemWith(
          {},
          { platform: "darwin", arch: "arm64", threads: 10, commands: { "/usr/sbin/sysctl": output } },
        ),
      );
    const found = await mac(sysctl);
    assert.deepEqual([found.availableBytes, found.cores], [3000 * 16384, 8]);
    assert.deepEqual(found.graphics, [{ name: "A processor", bytes: 0.7 * 16e9, shared: true }]);
    assert.equal((await mac("hw.pagesize: 16384\n")).availableBytes, undefined);
  });
});

describe("cores", () => {
  const cores = async (cpuinfo: string, threads = 8): Promise<number> =>
    (await readMachine(systemWith({ "/proc/cpuinfo": cpuinfo }, { threads }))).cores;
  const block = (socket: number, core: number): string =>
    `processor : 0\nphysical id : ${socket}\ncore id : ${core}`;

  it("count once for both of their threads, in each socket", async () => {
    assert.equal(await cores([block(0, 0), block(0, 1), block(0, 0), block(0, 1)].join("\n\n")), 2);
    assert.equal(await cores([block(0, 0), block(1, 0)].join("\n\n")), 2);
  });
  it("are what the system lets run where it tells nothing else, or less", async () => {
    assert.equal(await cores("processor : 0\nBogoMIPS : 50\n"), 8);
    assert.equal(await cores([block(0, 0), block(0, 1), block(0, 2)].join("\n\n"), 1), 1);
    assert.equal(await cores("", 0), 1);
  });
});

describe("graphics memory", () => {
  const smi = "/usr/bin/nvidia-smi";

  it("is what NVIDIA's program says of each card", async () => {
    const output =
      "NVIDIA GeForce RTX 4090, 24564, 23010\nTesla, T4, 16, 2\nNVIDIA GB10, [N/A], [N/A]\nbroken\n";
    const { graphics } = await readMachine(systemWith({}, { commands: { [smi]: output } }));
    assert.deepEqual(
      graphics.map(({ name, bytes, freeBytes }) => [name, bytes / 1024 ** 2, (freeBytes ?? 0) / 1024 ** 2]),
      [
        ["NVIDIA GeForce RTX 4090", 24564, 23010],
        ["Tesla, T4", 16, 2],
      ],
    );
  });
  it("is not counted where a card is there and its program says nothing, which is noted", async () => {
    const files = {
      "/proc/driver/nvidia/gpus/0000:01:00.0/information": "Model: \t\t NVIDIA RTX A2000\nIRQ: 1\n",
    };
    const { graphics, notes } = await readMachine(systemWith(files));
    assert.deepEqual(graphics, []);
    assert.match(notes.join(), /^NVIDIA RTX A2000 is there, but its driver did not tell/);
  });
  it("is what AMD's driver says, of cards and not of their outputs", async () => {
    const files = {
      "/sys/class/drm/card1/device/mem_info_vram_total": "17163091968\n",
      "/sys/class/drm/card1/device/mem_info_vram_used": "163091968\n",
      "/sys/class/drm/card1-HDMI-A-1/device/mem_info_vram_total": "5\n",
      "/sys/class/drm/card0/device/mem_info_vram_total": "nothing\n",
    };
    const { graphics } = await readMachine(systemWith(files));
    assert.deepEqual(graphics, [
      { name: "AMD graphics", bytes: 17_163_091_968, freeBytes: 17_000_000_000, shared: false },
    ]);
  });
  it("of Windows is asked of NVIDIA's program alone, and the rest is said to be unknown", async () => {
    const { notes, availableBytes } = await readMachine(systemWith({}, { platform: "win32" }));
    assert.equal(availableBytes, 1e9);
    assert.match(notes.join(), /not read on Windows/);
  });
});

describe("a command of the system", () => {
  const node = (code: string, limitMs = 30_000) => runCommand([process.execPath, "-e", code], limitMs);

  it("gives what it prints, whatever its exit code is", async () => {
    assert.equal(await node('console.log("a: 1"); process.exitCode = 1'), "a: 1\n");
  });
  it("that hangs, and can't be asked to end, gives nothing", async () => {
    const stubborn = 'process.on("SIGTERM", () => {}); console.log("half"); setInterval(() => {}, 1000)';
    assert.equal(await node(stubborn, 300), undefined);
  });
  it("that is not there, prints nothing or prints for ever gives nothing", async () => {
    assert.equal(await runCommand(["/nonexistent/nvidia-smi"], 1_000), undefined);
    assert.equal(await runCommand([], 1_000), undefined);
    assert.equal(await node(""), undefined);
    assert.equal(await node('setInterval(() => process.stdout.write("x".repeat(60000)), 1)'), undefined);
  });
});

it("reading memory comes to a speed that memory can have", () => {
  const speed = readingSpeed(fill(64_000_000), 60);
  assert.ok(speed > 1e8 && speed < 1e13, String(speed));
});
