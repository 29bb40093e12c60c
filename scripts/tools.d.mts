/** The repository's folder. */
export const root: string;

/** Something could not be had; `remedy` says what the person can do about it. */
export class SetupError extends Error {
  constructor(message: string, remedy: string);
  readonly remedy: string;
}

/** Says what is going on, on stderr. */
export function say(line: string): void;

/** The first file of these names on the machine's PATH. */
export function onPath(...names: string[]): string | undefined;

/** The executable of a Chromium, Chrome or Edge. Throws a SetupError when CHROME_PATH names a file that is not there. */
export function findChromium(): string | undefined;

/** VS Code's server and the Node that runs it, as absolute paths. */
export function findCodeServer(): { readonly node: string; readonly entry: string } | undefined;

/** As `find…`, but installs what is missing, or throws a SetupError. */
export function provideChromium(): string;
export function provideCodeServer(): { readonly node: string; readonly entry: string };
