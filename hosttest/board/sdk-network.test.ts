// node only
import { deepEqual, equal } from 'node:assert/strict'
import { needs } from '../support/needs.js'
import { buildMachine, missingCompiler } from '../xs/machine.js'
import { type BoardOutput, runBoard } from './run.js'

/** A world with everything outside; `script` is what happens in it. */
function worldOf(script: string): string {
  return `
import { VirtualClock } from '../../twin/clock.js'
import { Hardware } from './world/hardware.js'
import { outside } from './world/outside.js'
import { Time } from './world/time.js'
import { Timers } from './world/timers.js'
const clock = new VirtualClock(async () => { await undefined })
const hardware = new Hardware(clock)
for (const part of [new Timers(hardware), new Time(hardware)]) hardware.add(part)
const { air, network, netifs, wifi, tcp, udp, broker, time, visitor } = outside(hardware)
void (async () => {
  ${script}
  print(JSON.stringify({ aborts: hardware.aborts, faults: hardware.faults }))
})()
`
}

/** What the firmware has traced, line by line, and what the world has printed. */
async function run(main: string, script: string): Promise<{ traced: string[]; printed: string[] } & BoardOutput> {
  const output = await runBoard({ replaced: { main }, world: worldOf(script) })
  return { ...output, traced: output.trace.split('\n').filter(Boolean), printed: [...output.lines] }
}

const JOIN = `
import WiFi from 'wifi'
export const say = (...values) => trace(values.join(' ') + '\\n')
export const join = (next) => {
  const wifi = new WiFi({ ssid: 'twin', password: 'simulated' }, (message) => message === WiFi.gotIP && next())
}
`

describe('the stand-ins for the SDK’s network', function () {
  this.timeout(120_000)
  before(function () {
    needs(this, missingCompiler())
    buildMachine()
  })

  it('leads from a join to a message at the broker', async () => {
    const { traced, printed } = await run(
      `${JOIN}
import Net from 'net'
import SNTP from 'sntp'
import TCP from 'embedded:io/socket/tcp'
import MQTTClient from 'embedded:network/mqtt/client'
export default function main() {
  join(() => {
    say('address', Net.get('IP', 'station'), Net.get('DNS'))
    new SNTP({ host: 'dk.pool.ntp.org' }, (message, value) => say('sntp', message, value))
    const client = new MQTTClient({
      host: 'broker', id: 'one', clean: false, keepAlive: 60_000, user: 'u', password: 'p',
      will: { topic: '/offline', message: '' },
      dns: { io: class { resolve({ host, onResolved }) { Net.resolve(host, onResolved) } } },
      socket: { io: TCP, nodelay: true },
      onControl(message) {
        say(JSON.stringify(message))
        if (message.operation === MQTTClient.CONNACK) client.write(Uint8Array.of(1, 2, 3), { id: 7, topic: '/a', QoS: 2 })
      },
      onWritable(count) { say('writable', count) },
      onError() { say('error') },
    })
  })
}`,
      `hardware.powerOn()
  await clock.run(10_000)
  print(JSON.stringify(broker.messages.map(({ topic, payload }) => [topic, [...payload]])))
  print(JSON.stringify(broker.logins))`,
    )
    deepEqual(JSON.parse(printed[0]!), [['/a', [1, 2, 3]]])
    equal(traced[0], 'address 192.168.1.23 192.168.1.1')
  })
})
