// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { Concentrator } from '../../modules/ble/concentrator.js'
import { toHex } from '../../modules/codec/hex.js'
import { Bluetooth } from '../../twin/bluetooth/bluetooth.js'
import type { Noble } from '../../twin/bluetooth/noble.js'
import { problemOf, problemText, stateProblem } from '../../twin/bluetooth/problems.js'
import { VirtualClock } from '../../twin/clock.js'
import type { CapturedNotification } from '../../twin/concentrator.js'
import { seededRandom } from '../../twin/random.js'
import { Vw1871Receiver } from '../../twin/vw1871.js'
import { needs } from '../support/needs.js'
import { Adapter, nobleClass, type StandInBindings } from '../support/noble.js'
import { vectors } from '../support/vectors.js'
import { COMPACT, FULL } from '../wmbus/frames.js'

const NAME = 'VW1871-000001'

describe("this computer's Bluetooth", () => {
  let noble: new (bindings: unknown) => Noble
  before(async function () {
    const found = await nobleClass()
    needs(this, found === undefined ? 'no @stoprocent/noble' : undefined)
    noble = found!
  })

  function setUp(
    prepare: (bindings: StandInBindings) => void = () => {},
    name = 'VW1871-',
    notifications = recorded(),
  ) {
    // Noble initialises its bindings on the next tick of the process.
    const clock = new VirtualClock(() => new Promise((resolve) => setImmediate(resolve)))
    const adapter = new Adapter(clock, noble)
    adapter.prepare = (bindings) => {
      bindings.peers = [{ id: '606e41e3185f', name: NAME, notifications }]
      prepare(bindings)
    }
    const said: string[] = []
    const useless: string[] = []
    const heard: string[] = []
    const bluetooth = new Bluetooth({
      clock,
      start: adapter.start,
      platform: 'linux',
      say: (text) => said.push(text),
      onUseless: (problem) => useless.push(problem),
      onNotification: (characteristic, bytes) => heard.push(`${characteristic} ${toHex(bytes)}`),
    })
    const frames: string[] = []
    const log: string[] = []
    const firmware = new Concentrator({
      clock,
      ble: bluetooth,
      random: seededRandom(1),
      name: () => name,
      onBattery() {},
      onTelegram: (record) => frames.push(toHex(record.frame())),
      log: (text) => log.push(text),
    })
    firmware.resume()
    const twice = [toHex(COMPACT), toHex(FULL)]
    /** Whether another connection has brought both telegrams since `frames` was emptied. */
    const receives = async (ms: number) => {
      frames.length = 0
      await clock.run(ms, () => frames.length >= 2)
      deepEqual(frames.slice(-2), twice, log.join('\n'))
    }
    return { clock, adapter, bluetooth, firmware, frames, heard, log, said, useless, receives, twice }
  }

  it('brings every telegram, the first of which comes before the library says that notifications are enabled', async () => {
    const { receives, heard, said, useless, log } = setUp()
    await receives(5_000)
    equal(heard.length, 2)
    match(heard[0]!, /^49535343-1e4d-4bd9-ba61-23c647249616 fbfbfbf0/)
    deepEqual(said, [])
    deepEqual(useless, [])
    deepEqual(log, [`ble: connecting to ${NAME}`])
  })

  for (const { name, notifications, expected_items } of vectors('vw1871') ?? [])
    it(`brings the telegrams of the recorded session ${name}`, async () => {
      const data = notifications.filter(
        ({ characteristic }: CapturedNotification) => !/fec8|ff03/i.test(characteristic),
      )
      const { clock, frames, heard } = setUp(undefined, undefined, data)
      await clock.run(10_000)
      deepEqual(
        frames.map((frame) => frame.toUpperCase()),
        // biome-ignore lint/suspicious/noExplicitAny: the file is not ours
        expected_items.filter(({ type }: any) => type === 'telegram').map(({ telegram_hex }: any) => telegram_hex),
      )
      equal(heard.length, data.length)
    })

  it('connects again after the link was lost, and says why', async () => {
    const { adapter, receives, log } = setUp()
    await receives(5_000)
    adapter.bindings.loseLink()
    await receives(5_000)
    match(log.join('\n'), /ble: connection lost \(remote\); next search in/)
  })

  it('connects again when the connection was lost while it looked for the service', async () => {
    const { clock, adapter, receives, log } = setUp((bindings) => {
      bindings.faults.losesWhileDiscovering = true
    })
    await clock.run(3_000, () => log.length > 1)
    match(log[1]!, /connection lost/)
    adapter.bindings.faults.losesWhileDiscovering = false
    await receives(5_000)
    equal(adapter.processes.length, 1)
  })

  it('says that Bluetooth went off and on, and goes on', async () => {
    const { clock, adapter, receives, said, useless } = setUp()
    await receives(5_000)
    adapter.bindings.power(false)
    await clock.run(70_000)
    match(said[0]!, /^bluetooth: Bluetooth is switched off: switch it on: bluetoothctl power on .*; waiting for it$/)
    adapter.bindings.power(true)
    await receives(61_000)
    deepEqual(said.slice(1), ['bluetooth: Bluetooth is on'])
    deepEqual(useless, [])
  })

  it('goes on when Bluetooth goes off between the request for notifications and the answer, which ends the library', async () => {
    let processes = 0
    const { clock, adapter, receives, log, said } = setUp((bindings) => {
      bindings.faults.notifyHangs = ++processes === 1
    })
    await clock.run(5_000, () => adapter.bindings.connected !== undefined)
    await clock.run(20)
    adapter.bindings.power(false)
    await clock.run(100)
    match(said.join('\n'), /Bluetooth has failed \(Cannot read properties of undefined/)
    match(log.join('\n'), /next search in/)
    await receives(65_000)
    equal(adapter.processes.length, 2)
  })

  it('waits for an adapter that is off from the beginning', async () => {
    const { clock, adapter, receives, useless } = setUp((bindings) => {
      bindings.state = 'poweredOff'
    })
    await clock.run(5_000)
    deepEqual(useless, [])
    adapter.bindings.power(true)
    await receives(61_000)
  })

  it('gives up where there is no adapter, or no permission', async () => {
    for (const [state, text] of [
      [
        'unsupported',
        /no Bluetooth adapter that can be used \(dbus init failed: No BlueZ adapter found\): plug one in/,
      ],
      ['unauthorized', /may not use Bluetooth: BlueZ refuses this user/],
    ] as const) {
      const { clock, useless } = setUp((bindings) => {
        bindings.state = state
      })
      await clock.run(3_000)
      equal(useless.length, 1)
      match(useless[0]!, text)
    }
  })

  it('looks for an adapter that was taken out, and says so once', async () => {
    let isThere = true
    const { clock, adapter, receives, said, useless } = setUp((bindings) => {
      if (!isThere) bindings.state = 'unsupported'
    })
    await receives(5_000)
    isThere = false
    adapter.bindings.faults.scanFails = true
    adapter.bindings.loseLink()
    await clock.run(400_000)
    deepEqual(
      said.map((text) => text.slice(0, 60)),
      [
        'bluetooth: Bluetooth has failed (startScanning failed: Resour',
        'bluetooth: this computer has no Bluetooth adapter that can be',
      ].map((text) => text.slice(0, 60)),
    )
    deepEqual(useless, [])
    isThere = true
    await receives(65_000)
  })

  it('connects to the concentrator whose name begins as asked', async () => {
    const { clock, adapter, receives } = setUp((bindings) => {
      const [one] = bindings.peers
      bindings.peers = [
        { ...one!, id: 'aa', name: 'VW1871-000002' },
        { ...one!, id: 'bb' },
      ]
    }, NAME)
    await receives(5_000)
    await clock.run(2_000)
    deepEqual(adapter.bindings.connections, ['bb'])
  })

  it('connects to one of two whose names begin alike, and stays there', async () => {
    const { clock, adapter, receives } = setUp((bindings) => {
      bindings.peers = [...bindings.peers, { ...bindings.peers[0]!, id: 'bb', name: 'VW1871-000002' }]
    })
    await receives(5_000)
    await clock.run(100_000)
    equal(adapter.bindings.connections.length, 1)
  })

  it('lets go of the adapter when it is closed in the middle of a search, a request, or a connection', async () => {
    for (const ms of [40, 150, 300, 600, 800, 860, 3_000]) {
      const { clock, adapter, bluetooth, firmware } = setUp()
      await clock.run(ms)
      firmware.close()
      let at: number | undefined
      void bluetooth.close().then(() => {
        at = clock.now()
      })
      await clock.run(5_000)
      ok(at !== undefined && at - ms < 1_500, `closed after ${ms} ms: ${at}`)
      deepEqual(
        [adapter.bindings.scanning, adapter.bindings.connected, adapter.bindings.stopped],
        [false, undefined, true],
      )
      deepEqual(adapter.kills, [])
      equal(adapter.processes.length, 1)
    }
  })

  it('kills a process that does not end', async () => {
    const { clock, adapter, bluetooth, firmware, receives } = setUp()
    await receives(5_000)
    const now = clock.now()
    adapter.ignoresEnd = true
    firmware.close()
    let isClosed = false
    void bluetooth.close().then(() => {
      isClosed = true
    })
    await clock.run(1_900)
    ok(isClosed)
    deepEqual(adapter.kills, [now + 1_500])
  })

  it('gives back a connection that came after its request was cancelled', async () => {
    const { clock, adapter, firmware } = setUp((bindings) => {
      bindings.faults.connectsAfterCancel = true
    })
    await clock.run(3_000, () => firmware.state === 'connecting')
    firmware.pause()
    await clock.run(1_000)
    deepEqual(adapter.bindings.connections.length, 1)
    equal(adapter.bindings.connected, undefined)
  })

  it('starts the library anew when notifications could not be enabled three times', async () => {
    let processes = 0
    const { adapter, receives, log } = setUp((bindings) => {
      bindings.faults.notifyFails = ++processes === 1
    })
    await receives(60_000)
    equal(log.filter((text) => /notifications not enabled: Not Permitted/.test(text)).length, 3)
    equal(adapter.processes.length, 2)
  })

  it('says once that no concentrator is heard', async () => {
    const { clock, said } = setUp((bindings) => {
      bindings.peers = []
    })
    await clock.run(600_000)
    equal(said.length, 1)
    match(said[0]!, /no concentrator has sent anything for 60 s \(1 named device heard\)\. It must have power/)
  })
})

describe('what is wrong with Bluetooth', () => {
  it('is found in the words of the library and of the operating system', () => {
    equal(stateProblem('unsupported', 'dbus init failed: org.freedesktop.DBus.Error.AccessDenied'), 'forbidden')
    equal(stateProblem('unsupported', 'dbus init failed: The name org.bluez was not provided'), 'none')
    equal(stateProblem('unknown', ''), undefined)
    equal(stateProblem('poweredOn', ''), undefined)
    equal(problemOf('connect ENOENT /var/run/dbus/system_bus_socket'), 'none')
    equal(problemOf('noble dbus backend requires the "dbus-next" package.'), 'missing')
    equal(problemOf("Cannot find package '@stoprocent/noble' imported from x"), 'missing')
    equal(problemOf('startScanning failed: org.bluez.Error.NotAuthorized'), 'forbidden')
    equal(problemOf('something else'), 'failed')
  })

  it('is said with what helps on this system', () => {
    match(problemText('missing', 'linux', ''), /not installed: npm install --include=optional/)
    match(problemText('forbidden', 'darwin', ''), /Privacy & Security, Bluetooth: allow the terminal/)
    match(problemText('off', 'win32', ''), /Settings, Bluetooth & devices/)
    equal(problemText('none', 'sunos', 'why'), 'this computer has no Bluetooth adapter that can be used (why)')
  })
})

/** A session with two telegrams. */
function recorded(): CapturedNotification[] {
  const receiver = new Vw1871Receiver(new VirtualClock())
  const items: string[] = []
  receiver.listen((item) => items.push(toHex(item)))
  receiver.hear(COMPACT, -80)
  receiver.hear(FULL, -81)
  receiver.close()
  return items.map((hex) => ({ t: '', characteristic: '49535343-1e4d-4bd9-ba61-23c647249616', hex }))
}
