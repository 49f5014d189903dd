/** Makes a part whose host is an object literal of a test: options and host are the same. */
export function hosted<O, H, T>(Part: new (options: O, host: H) => T, all: O & H): T {
  return new Part(all, all)
}
