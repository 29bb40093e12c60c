import { syncBuiltinESMExports } from "node:module";

type Callable = (this: unknown, ...args: unknown[]) => unknown;

/** Called with a call's arguments before it is made: throws to refuse it. */
type Judge = (args: unknown[]) => void;

/** Puts judges before functions of Node's modules, and takes them off again. */
export class Guards {
  private readonly undo: (() => void)[] = [];

  /** Does nothing where this version of Node has no such function. */
  add(owner: object, name: string, judge: Judge): void {
    const original: unknown = Reflect.get(owner, name);
    if (typeof original !== "function") return;
    const guarded: Callable = function (...args) {
      judge(args);
      if (new.target) return Reflect.construct(original, args, new.target);
      return Reflect.apply(original, this, args);
    };
    // Keeps what hangs on the function, such as the promise form of dns.lookup for util.promisify.
    Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(original));
    const own = Object.getOwnPropertyDescriptor(owner, name);
    Object.defineProperty(owner, name, { value: guarded, configurable: true, writable: true });
    this.undo.push(() => {
      if (own) Object.defineProperty(owner, name, own);
      else Reflect.deleteProperty(owner, name);
    });
  }

  /** Makes the judges stand in `import { connect } from "node:net"` too. */
  publish(): void {
    syncBuiltinESMExports();
  }

  takeOff(): void {
    for (const step of this.undo.reverse()) step();
    this.undo.length = 0;
    syncBuiltinESMExports();
  }
}
