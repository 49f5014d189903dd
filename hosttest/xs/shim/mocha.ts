/** The part of mocha that the suites use. `report` runs what was declared, one test after the other. */

declare function print(text: string): void

/** What a test may call of its context. */
interface Context {
  skip(): never
}
type Body = (this: Context) => unknown

interface Test {
  readonly name: string
  readonly body: Body
  readonly before: readonly Body[]
}

const tests: Test[] = []
const skipped: string[] = []
let path: string[] = []
let setUp: Body[] = []

function describe(name: string, body: () => void): void {
  const outer = { path, setUp }
  path = [...path, name]
  setUp = [...setUp]
  body()
  path = outer.path
  setUp = outer.setUp
}

function it(name: string, body: Body): void {
  tests.push({ name: [...path, name].join(', '), body, before: setUp })
}

/** What cannot run here is told by name. */
it.skip = (name: string): void => {
  skipped.push([...path, name].join(', '))
}

function beforeEach(body: Body): void {
  setUp.push(body)
}

Object.assign(globalThis, { describe, it, beforeEach })

const SKIPPED = new Error('skipped')
const CONTEXT: Context = {
  skip() {
    throw SKIPPED
  },
}

/**
 * Prints `passed NAME`, `skipped NAME` or `failed NAME: why` for every test.
 * @param takes whether a test is run, by its place among all
 */
export async function report(takes: (index: number) => boolean = () => true): Promise<void> {
  for (const name of skipped) print(`skipped ${name}`)
  for (const [index, test] of tests.entries()) {
    if (!takes(index)) continue
    try {
      for (const prepare of test.before) await prepare.call(CONTEXT)
      await test.body.call(CONTEXT)
      print(`passed ${test.name}`)
    } catch (error) {
      if (error === SKIPPED) print(`skipped ${test.name}`)
      else print(`failed ${test.name}: ${error instanceof Error ? `${error.message}\n${error.stack}` : error}`)
    }
  }
  print('end')
}
