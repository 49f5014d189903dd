import { INSTRUMENTER_CONSTANTS, type StrykerOptions } from '@stryker-mutator/api/core'
import { commonTokens, declareFactoryPlugin, type Injector, PluginKind, tokens } from '@stryker-mutator/api/plugin'
import {
  type CompleteDryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner'
import Mocha from 'mocha'

/** What this plugin adds to the configuration. */
export interface SuiteOptions {
  /** Paths of the suites, from the root of the project. */
  readonly suites: readonly string[]
}

interface Instrumented {
  activeMutant?: string | undefined
  currentTestId?: string | undefined
  hitCount?: number | undefined
  hitLimit?: number | undefined
  mutantCoverage?: NonNullable<CompleteDryRunResult['mutantCoverage']>
}

/**
 * Runs the suites in Mocha 12 for Stryker, whose own runner knows Mocha up to 11. The files are loaded once; a mutant
 * is switched on by its number and tried by those tests that reach it. What a mutant does while a file is being
 * loaded needs a new process, which Stryker starts when it is told that nothing can be loaded again.
 */
class MochaRunner implements TestRunner {
  #mocha = new Mocha({ timeout: 0 })
  #instrumented: Instrumented
  #loaded = false
  #perTest = false

  constructor({ suites }: SuiteOptions) {
    const world = globalThis as unknown as Record<string, Instrumented | undefined>
    world[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {}
    this.#instrumented = world[INSTRUMENTER_CONSTANTS.NAMESPACE]!
    for (const file of suites) this.#mocha.addFile(file)
    this.#mocha.cleanReferencesAfterRun(false)
  }

  async capabilities() {
    return { reloadEnvironment: false }
  }

  async dryRun({ coverageAnalysis, disableBail }: Parameters<TestRunner['dryRun']>[0]) {
    this.#perTest = coverageAnalysis === 'perTest'
    await this.#load()
    const tests = await this.#run(!disableBail)
    this.#perTest = false
    const { mutantCoverage } = this.#instrumented
    return { status: DryRunStatus.Complete as const, tests, ...(mutantCoverage ? { mutantCoverage } : {}) }
  }

  async mutantRun(options: Parameters<TestRunner['mutantRun']>[0]) {
    const { activeMutant, testFilter, disableBail, hitLimit, mutantActivation } = options
    this.#instrumented.hitLimit = hitLimit
    this.#instrumented.hitCount = hitLimit ? 0 : undefined
    this.#mocha.grep(testFilter ? new RegExp(testFilter.map((id) => `^${escaped(id)}$`).join('|')) : /(?:)/)
    if (mutantActivation === 'static') this.#instrumented.activeMutant = activeMutant.id
    try {
      await this.#load()
    } catch (error) {
      return toMutantRunResult({ status: DryRunStatus.Complete, tests: [failed('loading', String(error))] })
    }
    this.#instrumented.activeMutant = activeMutant.id
    const tests = await this.#run(!disableBail)
    const { hitCount } = this.#instrumented
    return toMutantRunResult(determineHitLimitReached(hitCount, hitLimit) ?? { status: DryRunStatus.Complete, tests })
  }

  async #load(): Promise<void> {
    if (this.#loaded) return
    await this.#mocha.loadFilesAsync()
    this.#loaded = true
    const note = (test: Mocha.Runnable | undefined) => {
      if (this.#perTest) this.#instrumented.currentTestId = test?.fullTitle()
    }
    this.#mocha.suite.beforeEach(function () {
      note(this.currentTest)
    })
  }

  #run(bail: boolean): Promise<TestResult[]> {
    setBail(this.#mocha.suite, bail)
    return new Promise((resolve) => {
      const tests: TestResult[] = []
      const runner = this.#mocha.run(() => resolve(tests))
      runner.on('pass', (test) => tests.push({ ...named(test), status: TestStatus.Success }))
      runner.on('fail', (test, error) => tests.push(failed(test.fullTitle(), error.message ?? String(error))))
      runner.on('pending', (test) => tests.push({ ...named(test), status: TestStatus.Skipped }))
    })
  }
}

function named(test: Mocha.Runnable) {
  return { id: test.fullTitle(), name: test.fullTitle(), timeSpentMs: test.duration ?? 0 }
}

function failed(id: string, failureMessage: string): TestResult {
  return { id, name: id, timeSpentMs: 0, status: TestStatus.Failed, failureMessage }
}

function setBail(suite: Mocha.Suite, bail: boolean): void {
  suite.bail(bail)
  for (const child of suite.suites) setBail(child, bail)
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

function create(injector: Injector<{ [commonTokens.options]: StrykerOptions }>) {
  return new MochaRunner(injector.resolve(commonTokens.options) as unknown as SuiteOptions)
}
create.inject = tokens(commonTokens.injector)

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'mocha-12', create)]

export const strykerValidationSchema = {
  properties: { suites: { type: 'array', items: { type: 'string' } } },
}
