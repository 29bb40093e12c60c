import type { Action } from "./actions.ts";
import { changeFiles } from "./fileActions.ts";
import { changedSettings, type Maker, someFolders } from "./plan.ts";

/** Actions that come together in life, and whose overlap has done harm. */
export function bursts(maker: Maker): Action[] {
  const { random, model } = maker;
  const [slot] = random.some(model.running, 1);
  if (slot === undefined) return [];
  const settings = (): Action => ({ do: "setSettings", settings: changedSettings(maker) });
  const folders = (): Action => ({ do: "setFolders", slot, folders: someFolders(maker) });
  const index = (): Action => ({ do: "index", slot, refine: false });
  return random.weighted<() => Action[]>([
    [3, () => [settings(), settings()]],
    [3, () => [folders(), folders()]],
    [3, () => [settings(), index()]],
    [2, () => [index(), settings()]],
    [2, () => [settings(), ...changeFiles(maker, false)]],
    [2, () => [index(), { do: "pause", slot }, { do: "resume", slot }]],
    [2, () => [index(), index(), settings(), index()]],
    [2, () => [index(), { do: "deleteIndex", slot }]],
    [
      1,
      () => [
        { do: "kill", slot },
        { do: "start", slot, folders: model.slots[slot].folders },
      ],
    ],
    [1, () => [index(), { do: "kill", slot }, { do: "start", slot, folders: model.slots[slot].folders }]],
    [1, () => [folders(), index()]],
  ])();
}
