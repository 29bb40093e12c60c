import type {
  Action,
  Plan,
  RestKind,
  Round,
  ServerState,
  SlotNumber,
  Step,
  WishedSettings,
  WrittenFile,
} from "./actions.ts";
import { bursts } from "./bursts.ts";
import { changeFiles, newFile } from "./fileActions.ts";
import { lowFileLimit } from "./files.ts";
import { Model, nested, tops } from "./model.ts";
import { Random } from "./random.ts";
import { engineAction, request } from "./requestActions.ts";

/** What the makers of actions share: the choices, the world as it would be by then, and numbers for versions. */
export interface Maker {
  readonly random: Random;
  readonly model: Model;
  nextVersion(): number;
}

const excludes: readonly (readonly string[])[] = [[], [], ["*.txt"], ["docs/"], ["gen-*/", "*.py"]];
const serverModels = ["ollama:embedder-a", "ollama:embedder-b"] as const;

/** The whole course of a sequence, decided by its seed alone. */
export function makePlan(seed: number): Plan {
  const random = new Random(seed);
  let version = 0;
  const nextVersion = (): number => version++;
  const settings = firstSettings(random);
  const server: ServerState = random.chance(0.8) ? "up" : random.pick(["down", "failing", "slow"]);
  const files = firstFiles(random, nextVersion);
  const maker: Maker = { random, model: new Model(settings, server, files), nextVersion };
  const rounds = [firstRound(maker)];
  const more = 1 + random.int(3);
  for (let i = 0; i < more; i++) rounds.push(laterRound(maker));
  return { seed, files, server, settings, rounds };
}

/** One setting after another at random; a changed model is the likeliest. */
export function changedSettings({ random, model }: Maker): WishedSettings {
  const { settings } = model;
  return random.weighted<() => WishedSettings>([
    [5, () => ({ ...settings, embeddingModel: otherModel(random, settings.embeddingModel) })],
    [5, () => changedRules(random, settings)],
    [1, () => ({ ...settings, refine: !settings.refine })],
    [1, () => ({ ...settings, embeddingModel: otherModel(random, ""), exclude: random.pick(excludes) })],
  ])();
}

/** What is left out, or how large a file may be. */
function changedRules(random: Random, settings: WishedSettings): WishedSettings {
  const { exclude, maxFileBytes } = settings;
  if (random.chance(0.4)) {
    return { ...settings, maxFileBytes: maxFileBytes === lowFileLimit ? 2_000_000 : lowFileLimit };
  }
  return { ...settings, exclude: random.pick(excludes.filter((one) => one.join() !== exclude.join())) };
}

/** Folders as a window may list them: few, many, none, by a link, one in another. */
export function someFolders({ random, model }: Maker): string[] {
  const known = tops.map((top) => [...model.files.keys()].find((path) => isAnchor(path, top)) ?? top);
  const [a = "a", b = "b", c = "c"] = known.map((path) => path.split("/")[0] ?? "");
  return random.weighted([
    [4, [a]],
    [5, [a, b]],
    [3, [a, b, c]],
    [1, [c]],
    [1, [b, c]],
    [2, [a, "link"]],
    [1, ["link", b]],
    [2, [a, nested]],
    [1, [b, b]],
    [1, []],
  ]);
}

function isAnchor(path: string, top: string): boolean {
  return new RegExp(`^${top}\\d*/anchor\\.md$`).test(path);
}

function otherModel(random: Random, now: string): string {
  const choices: readonly (readonly [number, string])[] = [
    [4, "bundled"],
    [4, serverModels[0]],
    [3, serverModels[1]],
    [1, "tiny"],
  ];
  return random.weighted(choices.filter(([, name]) => name !== now));
}

function firstSettings(random: Random): WishedSettings {
  return {
    exclude: random.pick(excludes),
    maxFileBytes: random.chance(0.8) ? 2_000_000 : lowFileLimit,
    refine: random.chance(0.1),
    embeddingModel: random.chance(0.6) ? "bundled" : random.pick(serverModels),
  };
}

function firstFiles(random: Random, nextVersion: () => number): WrittenFile[] {
  const files: WrittenFile[] = [];
  for (const top of tops) {
    files.push({ path: `${top}/anchor.md`, kind: "md", version: nextVersion() });
    const count = 2 + random.int(top === "a" ? 14 : 7);
    for (let i = 0; i < count; i++) files.push(newFile(random, top, nextVersion()));
  }
  for (const name of ["one", "two"]) {
    files.push({ path: `${nested}/${name}.md`, kind: "md", version: nextVersion() });
  }
  return files;
}

function firstRound(maker: Maker): Round {
  const steps: Step[] = [];
  const folders = someFolders(maker);
  add(maker, steps, { do: "start", slot: 0, folders }, { awaited: true });
  const kind = maker.random.chance(0.4) ? addActions(maker, steps, mixed) : "index";
  return finish(maker, steps, kind);
}

function laterRound(maker: Maker): Round {
  const steps: Step[] = [];
  const { running } = maker.model;
  const quiet = running.length > 0 && maker.random.chance(running.length > 1 ? 0.6 : 0.3);
  const kind = addActions(maker, steps, quiet ? quietly : mixed);
  return finish(maker, steps, kind);
}

/** Makes an action, or several that belong together, possible as things stand; none when there is nothing to do. */
type Source = (maker: Maker) => readonly Action[];

/** What engines must follow by themselves, without being asked to update. */
const quietly: Source = (maker) =>
  maker.random.weighted<Source>([
    [6, (one) => changeFiles(one, false)],
    [3, request],
    [1, (one) => [{ do: "setSettings", settings: changedSettings(one) }]],
    [2, ({ random, model }) => [{ do: "setSettings", settings: changedRules(random, model.settings) }]],
    [2, endOfOther],
  ])(maker);

const endOfOther: Source = ({ random, model }) => {
  if (model.running.length < 2) return [];
  return [{ do: random.pick(["kill", "stop"]), slot: random.pick(model.running) }];
};

const mixed: Source = (maker) =>
  maker.random.weighted<Source>([
    [6, (one) => changeFiles(one, true)],
    [6, request],
    [5, engineAction],
    [3, bursts],
    [2, (one) => [{ do: "setSettings", settings: changedSettings(one) }]],
    [1, serverChange],
    [2, folderChange],
  ])(maker);

const serverChange: Source = ({ random }) => [
  { do: "server", state: random.pick(["up", "up", "slow", "failing", "hanging", "down"]) },
];

const folderChange: Source = (maker) => {
  const { random, model } = maker;
  const [slot] = random.some(model.running, 1);
  const away = [...model.away.keys()];
  const roots = [...new Set([...model.files.keys()].map((path) => path.split("/")[0] ?? ""))];
  const here = roots.filter((top) => !model.away.has(top));
  return random.weighted<() => Action[]>([
    [4, () => (slot === undefined ? [] : [{ do: "setFolders", slot, folders: someFolders(maker) }])],
    [2, () => (here.length < 2 ? [] : [goneAction(random, here)])],
    [2, () => away.map((top) => ({ do: "folder-back", top }))],
    [1, () => rename(maker, here)],
  ])();
};

function goneAction(random: Random, here: readonly string[]): Action {
  return { do: "folder-gone", top: random.pick(here), how: random.chance(0.6) ? "missing" : "blocked" };
}

/** A folder is moved on the disk, and the windows that have it open are told; "a" keeps its name for its link. */
function rename({ random, model }: Maker, here: readonly string[]): Action[] {
  const movable = here.filter((top) => top !== "a");
  if (movable.length === 0) return [];
  const from = random.pick(movable);
  const to = `${from.replace(/\d+$/, "")}${Number(from.slice(1) || 1) + 1}`;
  const actions: Action[] = [{ do: "folder-renamed", from, to }];
  for (const slot of model.running) {
    const folders = model.slots[slot].folders.map((folder) => (folder === from ? to : folder));
    actions.push({ do: "setFolders", slot, folders });
  }
  return actions;
}

function addActions(maker: Maker, steps: Step[], source: Source): RestKind {
  const { random } = maker;
  const count = 3 + random.int(8);
  for (let i = 0; i < count; i++) {
    for (const action of source(maker)) add(maker, steps, action, {});
  }
  if (source === quietly) return "quiet";
  return random.chance(0.8) ? "index" : "resume";
}

function add({ random, model }: Maker, steps: Step[], action: Action, { awaited = false }): void {
  model.apply(action);
  const waitMs = random.weighted([
    [6, 0],
    [3, random.int(30)],
    [2, random.int(200)],
    [0.3, random.int(1500)],
  ]);
  steps.push({ waitMs, awaited: awaited || random.chance(0.15), action });
}

/** What must be so before a rest: the model server is well, an engine runs, and mostly the folders are there. */
function finish(maker: Maker, steps: Step[], rest: RestKind): Round {
  const { random, model } = maker;
  if (model.server !== "up") add(maker, steps, { do: "server", state: "up" }, { awaited: true });
  if (random.chance(0.6)) {
    for (const top of model.away.keys()) add(maker, steps, { do: "folder-back", top }, {});
  }
  if (model.running.length === 0) {
    const slot: SlotNumber = random.chance(0.8) ? 0 : 1;
    add(maker, steps, { do: "start", slot, folders: model.slots[slot].folders }, { awaited: true });
  }
  const fresh = random.chance(0.1);
  const round = { steps, rest, fresh };
  if (rest !== "resume" || model.isAway("a")) {
    model.rest();
    return round;
  }
  const version = maker.nextVersion();
  const probe: WrittenFile = { path: `a/probe-${version}.md`, kind: "md", version };
  model.apply({ do: "write", files: [probe], notify: "now" });
  model.rest();
  return { ...round, probe };
}
