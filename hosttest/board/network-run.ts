import { runBoard } from './run.js'

/** What a firmware of a few lines did in a world with everything outside. */
export interface NetworkRun {
  /** What it has traced, line by line. */
  readonly traced: readonly string[]
  /** What the script has returned. */
  readonly result: unknown
  /** Why XS gave up, without where. */
  readonly aborts: readonly string[]
  /** What would have happened to memory. */
  readonly faults: readonly string[]
}

/** What the firmwares of the tests begin with. */
const PRELUDE = `
import Timer from 'timer'
import WiFi from 'wifi'
const say = (...values) => trace(values.map((value) => typeof value === 'string' ? value : JSON.stringify(value) ?? 'undefined').join(' ') + '\\n')
const attempt = (act) => { try { return act() } catch (error) { return error.constructor.name + ': ' + error.message } }
/** Joins the network and goes on with an address. */
const join = (next) => new WiFi({ ssid: 'twin', password: 'simulated' }, (message) => message === WiFi.gotIP && next())
`

/**
 * @param main body of the function that the host calls, with imports before it
 * @param script what happens in the world, from power-on; it returns what is of interest
 * @param replaced sources of other modules
 */
export async function runNetwork(
  imports: string,
  main: string,
  script: string,
  replaced: Readonly<Record<string, string>> = {},
): Promise<NetworkRun> {
  const { lines, trace } = await runBoard({
    replaced: { ...replaced, main: `${PRELUDE}${imports}\nexport default function main() {\n${main}\n}` },
    world: `
import { VirtualClock } from '../../twin/clock.js'
import { Hardware } from './world/hardware.js'
import { Host } from './world/network.js'
import { outside } from './world/outside.js'
import { Time } from './world/time.js'
import { Timers } from './world/timers.js'
const clock = new VirtualClock(async () => { await undefined })
const hardware = new Hardware(clock)
for (const part of [new Timers(hardware), new Time(hardware)]) hardware.add(part)
const { air, network, netifs, wifi, udp, broker, time, visitor, phone } = outside(hardware)
const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const text = (bytes) => String.fromCharCode(...bytes)
/** A host with TCP port 7: \`got\` is what came, \`ends\` are its ends of the connections. */
const got = []
const ends = []
const host = network.add(new Host('203.0.113.9'), 'host')
host.tcp.set(7, (end) => {
  ends.push(end)
  return {
    onData(data) { got.push(text(data)); end.consume(data.length); return true },
    onFin() { got.push('fin'); end.close() },
    onAbort() { got.push('abort') },
  }
})
const send = (data, end = ends.at(-1)) => { end.write(bytes(data)); end.output() }
async function script() {
  hardware.powerOn()
  ${script}
}
void (async () => {
  const result = await script()
  print(JSON.stringify({ result, aborts: hardware.aborts, faults: hardware.faults }))
})()
`,
  })
  const { result, aborts, faults } = JSON.parse(lines.at(-1)!) as Omit<NetworkRun, 'traced'>
  return {
    traced: trace.split('\n').filter(Boolean),
    result,
    aborts: aborts.map((reason) => reason.split('\n')[0]!),
    faults,
  }
}
