import type { System } from "../../models/machine/system.ts";
import type { Machine } from "../../protocol/machine.ts";

/** Machines to reckon with. Speeds are what several processes read of such memory. */
const bare = { isContainer: false, graphics: [], notes: [] } as const;
const card = (name: string, gigabytes: number) => ({ name, bytes: gigabytes * 1e9, shared: false });

export const machines = {
  smallLaptop: {
    ...bare,
    processor: "laptop",
    cores: 4,
    memoryBytes: 8e9,
    availableBytes: 4e9,
    bytesPerSecond: 25e9,
    graphics: [],
  },
  laptop: {
    ...bare,
    processor: "laptop",
    cores: 8,
    memoryBytes: 16e9,
    availableBytes: 9e9,
    bytesPerSecond: 50e9,
    graphics: [card("iGPU", 0.5)],
  },
  desktop: {
    ...bare,
    processor: "desktop",
    cores: 12,
    memoryBytes: 64e9,
    availableBytes: 50e9,
    bytesPerSecond: 70e9,
    graphics: [card("RTX 4090", 24)],
  },
  smallCard: {
    ...bare,
    processor: "desktop",
    cores: 8,
    memoryBytes: 32e9,
    availableBytes: 24e9,
    bytesPerSecond: 60e9,
    graphics: [card("RTX 3050", 8)],
  },
  apple: {
    ...{
      ...bare,
      processor: "Apple M3 Pro",
      cores: 11,
      memoryBytes: 32e9,
      availableBytes: 20e9,
      bytesPerSecond: 120e9,
    },
    graphics: [{ name: "Apple M3 Pro", bytes: 22.4e9, shared: true }],
  },
  container: {
    ...bare,
    processor: "server",
    cores: 2,
    memoryBytes: 2e9,
    availableBytes: 1.5e9,
    isContainer: true,
    bytesPerSecond: 50e9,
    graphics: [],
  },
} satisfies Record<
  string,
  Omit<Machine, "notes" | "graphics"> & { graphics: Machine["graphics"]; notes: readonly string[] }
>;

/** A machine of the table, as it is given out. */
export function machine(name: keyof typeof machines): Machine {
  return { ...machines[name], notes: [] };
}

/** An operating system that has these files and these commands, by the path of their program. */
export function systemWith(
  files: Readonly<Record<string, string>>,
  more: Partial<System> & { readonly commands?: Readonly<Record<string, string>> } = {},
): System & { readonly ran: string[] } {
  const { commands = {}, ...rest } = more;
  const ran: string[] = [];
  return {
    platform: "linux",
    arch: "x64",
    processor: "A processor",
    threads: 8,
    totalBytes: 16e9,
    freeBytes: 1e9,
    read: (path) => files[path],
    list: (path) => {
      const below = Object.keys(files).filter((file) => file.startsWith(`${path}/`));
      return [...new Set(below.map((file) => file.slice(path.length + 1).split("/")[0] ?? ""))];
    },
    async run([file = ""]) {
      ran.push(file);
      return commands[file];
    },
    ...rest,
    ran,
  };
}
