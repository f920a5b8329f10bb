/** What devices ask of the program that they run in. Tests put another in its place. */
export interface Host {
  /** Node's platform, such as `linux-x64`; undefined where there is no Node. */
  readonly node: string | undefined;
  /** What a package of Node exports, read from here. @throws Error with code MODULE_NOT_FOUND where it is not installed */
  require(name: string): unknown;
  exists(path: string): boolean;
}

/** This program. Node's own modules are asked for by name, so that bundlers for browsers do not look for them. */
export const thisHost: Host = {
  node: typeof process === "undefined" || !process.versions?.node ? undefined : `${process.platform}-${process.arch}`,
  require: (name) => {
    const { createRequire } = process.getBuiltinModule("node:module");
    return createRequire(import.meta.url)(name);
  },
  exists: (path) => process.getBuiltinModule("node:fs").existsSync(path),
};
