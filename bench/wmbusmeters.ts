import { equal, ok } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ID, KEY, writeTelegrams } from './support/water-telegrams.js'
import { printTable } from './table.js'

/*
 * `wmbus decode` beside wmbusmeters: one recording, whole processes in turn, both printing JSON to a file. wmbusmeters is
 * the one that the environment variable WMBUSMETERS or PATH has. GNU time counts what a process takes.
 */

const TIME = '/usr/bin/time'
const WMBUSMETERS = process.env.WMBUSMETERS ?? 'wmbusmeters'
const METERLOGGER = fileURLToPath(new URL('../tools/meterlogger.js', import.meta.url))
const COUNT = Number(process.env.TELEGRAMS ?? 100_000)
const ROUNDS = 5
/** What both print of this meter. */
const FIELDS = ['total_m3', 'target_m3', 'flow_temperature_c', 'min_flow_temperature_c', 'status', 'current_status']

interface Run {
  readonly seconds: number
  /** Seconds of the processor. */
  readonly cpu: number
  readonly megabytes: number
}

function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version']).error === undefined
}

function run(command: readonly string[], input: string, output: string): Run {
  const stdin = openSync(input, 'r')
  const stdout = openSync(output, 'w')
  const taken = `${output}.time`
  spawnSync(TIME, ['-f', '%e %U %S %M', '-o', taken, ...command], { stdio: [stdin, stdout, 'ignore'] })
  closeSync(stdin)
  closeSync(stdout)
  // A command that ends with something else than 0 has a line about it before the figures.
  const figures = readFileSync(taken, 'utf8').trim().split('\n').at(-1)!
  const [seconds = 0, user = 0, system = 0, kilobytes = 0] = figures.split(' ').map(Number)
  return { seconds, cpu: user + system, megabytes: kilobytes / 1024 }
}

/** The fields of the telegrams that were decoded, in their order. */
function fieldsIn(path: string, fieldsOf: (json: Record<string, unknown>) => object): string[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return lines.flatMap((line) => {
    const json = JSON.parse(line) as Record<string, unknown>
    const fields = fieldsOf(json) as Record<string, unknown>
    return json.result !== undefined && json.result !== 'ok' ? [] : [JSON.stringify(FIELDS.map((name) => fields[name]))]
  })
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

function compare(folder: string): void {
  // wmbusmeters takes a file of this name for a recording.
  const recording = join(folder, 'simulation_water.txt')
  const file = openSync(recording, 'w')
  writeTelegrams(file, COUNT)
  closeSync(file)
  const ours = [process.execPath, METERLOGGER, 'wmbus', 'decode', '--id', ID, '--key', KEY]
  const theirs = [WMBUSMETERS, '--format=json', recording, 'Water', 'kamwater', ID, KEY]
  const runs = Array.from({ length: ROUNDS }, () => ({
    ours: run(ours, recording, join(folder, 'ours')),
    theirs: run(theirs, '/dev/null', join(folder, 'theirs')),
  }))
  const decoded = fieldsIn(join(folder, 'ours'), (json) => json.fields as object)
  const expected = fieldsIn(join(folder, 'theirs'), (json) => json)
  // wmbusmeters takes the end of one frame in 65,536 for a checksum and drops the frame.
  const missing = decoded.length - expected.length
  ok(missing >= 0 && missing < 2 + COUNT / 10_000, `${missing} telegrams`)
  let skipped = 0
  expected.forEach((fields, i) => {
    while (skipped < missing && fields !== decoded[i + skipped]) skipped++
    equal(decoded[i + skipped], fields)
  })
  const row = (name: 'ours' | 'theirs', title: string) => {
    const of = (figure: keyof Run) => median(runs.map((pair) => pair[name][figure]))
    return [title, of('seconds').toFixed(2), of('cpu').toFixed(2), of('megabytes').toFixed(0)]
  }
  const ratio = (figure: keyof Run) => median(runs.map((pair) => pair.theirs[figure] / pair.ours[figure])).toFixed(2)
  printTable(
    `wmbus decode and wmbusmeters, ${COUNT} telegrams of a flowIQ 2101 from a file to a file, median of ${ROUNDS} runs`,
    ['', 'seconds', 'seconds of the processor', 'MB'],
    [
      row('ours', 'wmbus decode'),
      row('theirs', 'wmbusmeters'),
      ['wmbusmeters by ours', ratio('seconds'), ratio('cpu'), ratio('megabytes')],
    ],
  )
  console.log(`\n  fields of ${decoded.length} telegrams; ${missing} of them wmbusmeters did not print`)
}

if (!isInstalled(WMBUSMETERS) || !isInstalled(TIME)) {
  console.log('\nThe comparison with wmbusmeters is skipped: it needs wmbusmeters (or WMBUSMETERS=PATH) and GNU time')
} else {
  const folder = mkdtempSync(join(tmpdir(), 'wmbusmeters-'))
  try {
    compare(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
