// node only
import { deepEqual, equal, match } from 'node:assert/strict'
import { testTwin } from '../../twin/virtual.js'
import { HOST } from '../support/host-texts.js'
import { vectors } from '../support/vectors.js'

type TestTwin = ReturnType<typeof testTwin>

/** One command as an operator sees it. */
interface Row {
  readonly payload?: string
  /** What was commanded before, so that there is something to see. */
  readonly after?: readonly (readonly [name: string, payload?: string])[]
  /** Every message that follows, `kind text`. */
  readonly replies: readonly (string | RegExp)[]
  /** Writes of the settings within 3 s. */
  readonly writes: number
  /** The same once more writes nothing, whatever it did the first time. */
  check?(device: TestTwin): void
}

const HEAT = { kmp: {}, mc66c: { EN61107: '1' }, mc66b: { MC_66B: '1' }, none: { DEBUG_NO_METER: '1' } }
const BUILDS: Readonly<Record<string, Record<string, string>>> = {
  ...HEAT,
  'kmp, flow meter': { FLOW_METER: '1' },
  'kmp, normally open': { THERMO_NO: '1' },
  'kmp without cron': { NO_CRON: '1' },
  'kmp without stack trace': { DEBUG_STACK_TRACE: '0' },
  'kmp without automatic close': { AUTO_CLOSE: '0' },
  impulse: { IMPULSE: '1' },
  'kmp with radio meters': { BLE: '1' },
}
const JOB = 'minute=0&hour=3&day_of_month=1&month=*&day_of_week=*&command=open'
const WIFI_FAR = 'ssid=far%26away&pwd=p%3Dw'

const VERSION = `${HOST.version.replace(/[.+]/g, '[$&]')}-[A-Z_-]+`

const ALL: Readonly<Record<string, Row>> = {
  ping: { replies: ['ping'], writes: 0 },
  version: { replies: [new RegExp(`^version ${VERSION}$`)], writes: 0 },
  crypto: { replies: [new RegExp(`^crypto ${VERSION}$`)], writes: 0 },
  uptime: { replies: [/^uptime [0-9]{2,3}$/], writes: 0 },
  vdd: { replies: [`vdd ${HOST.vdd}`], writes: 0 },
  rssi: { replies: ['rssi -51'], writes: 0 },
  ssid: { replies: ['ssid twin'], writes: 0 },
  scan: {
    replies: [
      'scan_result ssid=twin&bssid=02:00:00:00:00:01&rssi=-51&channel=6&auth_mode=WPA2_PSK&pairwise_cipher=&group_cipher=&phy_11b=&phy_11g=&phy_11n=&wps=',
      'scan_result ssid=Café %26 Bar&bssid=02:00:00:00:00:02&rssi=-78&channel=11&auth_mode=OPEN&pairwise_cipher=&group_cipher=&phy_11b=&phy_11g=&phy_11n=&wps=',
    ],
    writes: 0,
  },
  set_ssid: { payload: 'Hjem Ærø', replies: ['set_ssid Hjem Ærø'], writes: 1 },
  set_pwd: { payload: 'hemmelig', replies: ['set_pwd hemmelig'], writes: 1 },
  set_ssid_pwd: { payload: WIFI_FAR, replies: ['set_ssid_pwd ssid=far%26away&pwd=p%3Dw'], writes: 1 },
  set_fallback_ssid_pwd: { payload: WIFI_FAR, replies: ['set_fallback_ssid_pwd ssid=far%26away&pwd=p%3Dw'], writes: 1 },
  set_ap_mesh_pwd: {
    payload: 'mesh-password',
    replies: ['set_ap_mesh_pwd mesh-password'],
    writes: 1,
    check: ({ twin }) => equal(twin.wifi.accessPoint?.password, 'mesh-password'),
  },
  reconnect: {
    replies: [],
    writes: 0,
    check: ({ broker }) => deepEqual([broker.connections, broker.wills.length], [2, 1]),
  },
  mqtt: { replies: ['mqtt host=broker&port=1883&user=esp8266&broker=first'], writes: 0 },
  set_mqtt: {
    payload: 'host=mqtt.example.org:8883&user=a%26b',
    replies: ['set_mqtt host=mqtt.example.org&port=8883&user=a%26b&pwd=chah5Kai'],
    writes: 1,
    // It would be stored once more that it has answered.
    check: ({ broker }) => void Object.assign(broker, { reachable: false }),
  },
  disconnect_count: { replies: ['disconnect_count 0'], writes: 0 },
  network_quality: {
    replies: [
      'network_quality ping_response_time=unknown&ping_average_packet_loss=unknown&disconnect_count=0&tcp=0&mqtt=0&address=0&access_point=0&radio=0&reboot=0',
    ],
    writes: 0,
  },
  wifi_status: { replies: ['wifi_status connected'], writes: 0 },
  ap_status: { replies: ['ap_status stopped, no password'], writes: 0 },
  start_ap: {
    after: [['stop_ap'], ['set_ap_mesh_pwd', 'mesh-password']],
    replies: [],
    writes: 1,
    check: ({ twin }) => deepEqual(twin.wifi.accessPoint, { ssid: 'mesh-1234567', password: 'mesh-password' }),
  },
  stop_ap: { replies: [], writes: 1, check: ({ twin }) => equal(twin.wifi.accessPoint, undefined) },
  mem: { replies: ['mem heap=21376'], writes: 0 },
  chip_id: { replies: ['chip_id 0x00c0de'], writes: 0 },
  flash_id: { replies: ['flash_id 0x164020'], writes: 0 },
  flash_size: { replies: ['flash_size 4096 kB'], writes: 0 },
  reset_reason: {
    replies: [
      'reset_reason reason=0&exccause=0&epc1=0x00000000&epc2=0x00000000&epc3=0x00000000&excvaddr=0x00000000&depc=0x00000000',
    ],
    writes: 0,
  },
  restart: { replies: [], writes: 0, check: ({ broker }) => deepEqual(broker.wills, ['/offline/v1/1234567']) },
}
const STACK_TRACE: Readonly<Record<string, Row>> = { stack_trace: { replies: ['stack_trace enabled'], writes: 0 } }
const CRON: Readonly<Record<string, Row>> = {
  set_cron: { payload: JOB, replies: [`set_cron ${JOB}`], writes: 1 },
  clear_cron: { after: [['set_cron', JOB]], replies: ['clear_cron'], writes: 1 },
  cron: { after: [['set_cron', JOB]], replies: ['cron 1'], writes: 0 },
}
const VALVE: Readonly<Record<string, Row>> = {
  open: { replies: [], writes: 1 },
  close: { after: [['open']], replies: [], writes: 1 },
  status: { replies: ['status close'], writes: 0 },
}
const HEAT_LIMITS: Readonly<Record<string, Row>> = {
  open_until: { payload: '60000.75', replies: ['open_until 60000', 'status open'], writes: 1 },
}
const FLOW_LIMITS: Readonly<Record<string, Row>> = {
  open_until: { payload: '2000.12345', replies: ['open_until 2000.123', 'status open'], writes: 1 },
}
const RADIO: Readonly<Record<string, Row>> = {
  radio_headers: { after: [['set_radio_headers', '0413?']], replies: ['radio_headers 0413?'], writes: 0 },
  set_radio_headers: { payload: '0413, 0259?', replies: ['set_radio_headers 0413, 0259?'], writes: 1 },
}
const SAVE: Readonly<Record<string, Row>> = { save: { replies: ['save saved'], writes: 0 } }

function rowsOf(flags: Record<string, string>): Record<string, Row> {
  const isImpulse = flags.IMPULSE === '1'
  return {
    ...ALL,
    ...(flags.DEBUG_STACK_TRACE === '0' ? {} : STACK_TRACE),
    ...(isImpulse ? SAVE : VALVE),
    ...(flags.BLE ? RADIO : {}),
    ...(isImpulse ? {} : flags.FLOW_METER ? FLOW_LIMITS : HEAT_LIMITS),
    ...(isImpulse || flags.NO_CRON ? {} : CRON),
  }
}

async function prepared(flags: Record<string, string>, row: Row): Promise<TestTwin> {
  const device = testTwin(flags)
  await device.online()
  for (const [name, payload] of row.after ?? []) {
    await device.ask(name, payload)
    await device.clock.run(3_000)
  }
  return device
}

for (const [build, flags] of Object.entries(BUILDS)) {
  describe(`the commands of a build for ${build}`, () => {
    for (const [name, row] of Object.entries(rowsOf(flags))) {
      it(`${name} does what it says`, async () => {
        const device = await prepared(flags, row)
        const writes = device.storage.writes('settings')
        const replies = await device.ask(name, row.payload, name === 'scan' ? 3_000 : 500)
        equal(replies.length, row.replies.length, replies.join('\n'))
        for (const [i, expected] of row.replies.entries()) {
          if (typeof expected === 'string') equal(replies[i], expected)
          else match(replies[i]!, expected)
        }
        row.check?.(device)
        await device.clock.run(3_000)
        equal(device.storage.writes('settings') - writes, row.writes, 'writes')
      })
    }

    it('there are no others', async () => {
      const device = testTwin(flags)
      await device.online()
      const rows = rowsOf(flags)
      const unknown = [
        ...Object.keys({ ...ALL, ...STACK_TRACE, ...CRON, ...VALVE, ...SAVE, ...RADIO }),
        'Ping',
        'off',
        'test',
        '',
      ]
        .filter((name) => !(name in rows))
        .concat('toString', '__proto__')
      for (const name of unknown) deepEqual(await device.ask(name), [], name)
      deepEqual(await device.ask('ping'), ['ping'])
    })
  })
}

describe('the table of commands', () => {
  it('is complete', function () {
    const table = vectors('rpc-commands')
    if (table === undefined) return this.skip()
    const known = { ...ALL, ...STACK_TRACE, ...CRON, ...VALVE, ...HEAT_LIMITS, ...SAVE, open_until_delta: true }
    deepEqual(
      [...table.map(({ command }) => command), 'set_fallback_ssid_pwd', 'mqtt', 'set_mqtt'].sort(),
      Object.keys(known).sort(),
    )
  })
})

describe('settings that are set to what they are', () => {
  it('cost no flash write but that of their time, which comes once a minute', async () => {
    const device = testTwin()
    await device.online()
    const same: [string, string?][] = [
      ['set_ssid', 'twin'],
      ['set_pwd', 'simulated'],
      ['set_ssid_pwd', 'ssid=twin&pwd=simulated'],
      ['set_mqtt', 'host=broker&port=1883'],
      ['set_mqtt', 'host=other&port=0'],
      ['set_ap_mesh_pwd', 'short'],
      ['start_ap'],
      ['close'],
      ['open_until', '-1'],
    ]
    const writes = () => ['settings', 'tags'].map((record) => device.storage.writes(record))
    const before = writes()
    const marks = device.storage.writes('mark')
    for (const [name, payload] of same) await device.ask(name, payload)
    await device.clock.run(10_000)
    deepEqual(writes(), before)
    equal(device.storage.writes('mark'), marks + 1)
    equal(device.twin.wifi.accessPoint, undefined)
  })
})

describe('an engine that gave up', () => {
  it('tells the server why after the restart', async () => {
    const { resetReasonText } = await import('../../modules/control/texts.js')
    const { twinSystem } = await import('../../twin/system.js')
    const system = { ...twinSystem(2, () => {}), abortCause: 'memory full' }
    match(resetReasonText(system), /^reason=2&exccause=0&.*&depc=0x00000000&abort=memory full$/)
  })
})
