/** The part of mocha that the suites use. `report` runs what was declared, one test after the other. */

declare function print(text: string): void

type Body = () => unknown

interface Test {
  readonly name: string
  readonly body: Body
  readonly before: readonly Body[]
}

const tests: Test[] = []
const skipped: string[] = []
let path: string[] = []
let setUp: Body[] = []

function describe(name: string, body: Body): void {
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

/** Prints `passed NAME`, `skipped NAME` or `failed NAME: why` for every test. */
export async function report(): Promise<void> {
  for (const name of skipped) print(`skipped ${name}`)
  for (const test of tests) {
    try {
      for (const prepare of test.before) await prepare()
      await test.body()
      print(`passed ${test.name}`)
    } catch (error) {
      print(`failed ${test.name}: ${error instanceof Error ? `${error.message}\n${error.stack}` : error}`)
    }
  }
  print('end')
}
