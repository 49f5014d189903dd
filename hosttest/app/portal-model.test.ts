// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { PortalModel } from '../../modules/app/portal-model.js'
import { MeterStatistics } from '../../modules/meters/statistics.js'
import type { Settings } from '../../modules/storage/settings.js'
import { SettingsStore } from '../../modules/storage/settings-store.js'
import type { Credentials } from '../../modules/uplink/credentials.js'
import type { Others } from '../../modules/uplink/network-trial.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testClock } from '../support/clock.js'
import { hosted } from '../support/hosted.js'
import { setUpTwin } from '../support/portal-twin.js'

const MINUTE = 60_000
const RIGHT = '000102030405060708090a0b0c0d0e0f'
const OTHER = 'ffffffffffffffffffffffffffffffff'
/** Somebody else's meter, whose key nobody here has. */
const STRANGER = '50000000'

describe('the portal of a device with water meters', () => {
  it('shows what was heard, and when', async () => {
    const { clock, online, get } = setUpTwin()
    await online()
    await clock.run(2 * MINUTE)
    match(await get('/water'), /<h2>12345678<\/h2>\s*<p><strong>[0-9.]+ m³<\/strong>, [0-9]+ s/)
  })

  it('says of a key that it is wrong, and goes on with another', async () => {
    const { clock, online, get, post } = setUpTwin()
    await online()
    const add = (key: string) => post('/water', `id=${STRANGER}&key=${key}`)
    match(await add(RIGHT), /^HTTP\/1.1 302 /)
    await get('/water')
    // BLE is not used while somebody looks at pages.
    await clock.run(3 * MINUTE)
    match(await get('/water'), new RegExp(`${STRANGER}.*The key is wrong`, 's'))
    await add(OTHER)
    ok(!(await get('/water')).includes('The key is wrong'))
    await clock.run(3 * MINUTE)
    ok((await get('/water')).includes('The key is wrong'))
  })

  it('leaves a meter of the image alone, and says so', async () => {
    const { online, get, post } = setUpTwin()
    await online()
    const answer = await post('/water', `id=12345678&key=${OTHER}`)
    match(answer, /^HTTP\/1.1 400 /)
    ok(answer.includes('came with the firmware'))
    ok(!(await get('/water')).includes('name="remove" value="12345678"'))
  })

  it('has commands to a meter answered as soon as it is on the list, and no longer when it is removed', async () => {
    const { clock, online, post, send, messages } = setUpTwin()
    await online()
    const pings = () => messages('ping').filter(({ serial }) => serial === STRANGER).length
    const ping = async () => {
      send('ping', '1', { serial: STRANGER })
      await clock.run(1_000)
    }
    await ping()
    equal(pings(), 0)
    await post('/water', `id=${STRANGER}&key=${RIGHT}`)
    await clock.run(1_000)
    await ping()
    equal(pings(), 1)
    await post('/water', `remove=${STRANGER}`)
    await ping()
    equal(pings(), 1)
  })

  it('takes as many meters as there is room for beside those of the image, and forgets one that is removed', async () => {
    const { online, get, post } = setUpTwin()
    await online()
    const add = (id: string) => post('/water', `id=${id}&key=${RIGHT}`)
    let last = 20_000_000
    while (/^HTTP\/1.1 302 /.test(await add(String(last)))) last++
    const meters = async (): Promise<string[]> => (await get('/water')).match(/(?<=<h2>)[0-9]{8}/g) ?? []
    equal((await meters()).length, 8)
    equal(last - 20_000_000, 7)
    match(await post('/water', 'remove=20000000'), /^HTTP\/1.1 302 /)
    const left = await meters()
    deepEqual([left.length, left.includes('20000000')], [7, false])
    match(await add(String(last)), /^HTTP\/1.1 302 /)
    ok((await meters()).includes(String(last)))
  })
})

describe('a factory reset', () => {
  const JOB = 'minute=0&hour=6&command='

  it('brings no job back with a command that comes before the restart, and answers none', async () => {
    const { clock, online, post, ask, twin, log } = setUpTwin()
    await online()
    await ask('set_cron', `${JOB}close`, 3_000)
    equal(twin.settings.cron.length, 1)
    match(await post('/device', 'reset=1'), /^HTTP\/1.1 302 /)
    deepEqual(await ask('set_cron', `${JOB}open`), [])
    ok(log.includes('command ignored: the device restarts after a factory reset'))
    const { length } = log
    await clock.run(30_000, () => log.length > length && log.some((line) => line.includes('no network')))
    deepEqual([twin.settings.cron, twin.settings.ssid], [[], ''])
  })

  it('is not undone by a network that is tried meanwhile', async () => {
    const { clock, online, post, twin } = setUpTwin()
    await online()
    await post('/wifi/setup.cgi', 'essid=twin&passwd=simulated&mqtthost=old.example.org&mqttuser=me')
    await post('/device', 'reset=1')
    await clock.run(30_000)
    deepEqual([twin.settings.ssid, twin.settings.mqttUser], ['', 'esp8266'])
  })
})

describe('a set-up form', () => {
  const FORM = 'mqtthost=nosuch.example.org:8883&mqttuser=me&mqttpassword=secret'

  it('whose network is refused changes nothing, after a restart neither', async () => {
    const { clock, online, post, get, twin, storage, broker } = setUpTwin()
    await online()
    const before = twin.settings
    const writes = storage.writes('settings')
    await post('/wifi/setup.cgi', `essid=twin&passwd=wrongpassword&${FORM}`)
    await clock.run(30_000)
    match(await get('/wifi/setting_up.html'), /refused the password/)
    deepEqual(twin.settings, before)
    equal(storage.writes('settings'), writes)
    twin.powerCut(1_000)
    const { length } = broker.messages
    await clock.run(2 * MINUTE)
    deepEqual(twin.settings, { ...before, total: twin.settings.total })
    ok(broker.messages.length > length)
  })

  it('whose network is joined is stored in one write, and its broker is tried', async () => {
    const { clock, online, post, get, twin, storage } = setUpTwin()
    await online()
    const writes = storage.writes('settings')
    await post('/wifi/setup.cgi', `essid=twin&passwd=simulated&${FORM}`)
    await clock.run(5_000, () => twin.settings.mqttHost !== 'broker')
    equal(storage.writes('settings'), writes + 1)
    const { mqttHost, mqttPort, mqttUser, mqttPassword, previousMqttHost } = twin.settings
    deepEqual(
      [mqttHost, mqttPort, mqttUser, mqttPassword, previousMqttHost],
      ['nosuch.example.org', 8883, 'me', 'secret', 'broker'],
    )
    ok(!(await get('/wifi/wifi_setup.tpl')).includes('secret'))
  })

  it('that is kept although its network was not found is stored as a whole', async () => {
    const { clock, online, post, twin } = setUpTwin()
    await online()
    await post('/wifi/setup.cgi', `essid=Sommerhus&passwd=12345678&${FORM}`)
    await clock.run(30_000)
    equal(twin.settings.ssid, 'twin')
    await post('/wifi/keep.cgi', 'trial=1')
    const { ssid, previousSsid, mqttHost, previousMqttHost } = twin.settings
    deepEqual([ssid, previousSsid, mqttHost, previousMqttHost], ['Sommerhus', 'twin', 'nosuch.example.org', 'broker'])
  })

  it('does not tell a stored password to a broker of another name', async () => {
    const { clock, online, post, twin } = setUpTwin()
    await online()
    await post('/wifi/setup.cgi', 'essid=twin&mqttpassword=mine')
    await clock.run(30_000)
    await post('/wifi/setup.cgi', 'essid=twin&mqttport=1884')
    await clock.run(5_000)
    equal(twin.settings.mqttPassword, 'mine')
    await post('/wifi/setup.cgi', 'essid=twin&mqtthost=evil.example.org')
    await clock.run(5_000)
    deepEqual([twin.settings.mqttHost, twin.settings.mqttPassword], ['evil.example.org', ''])
  })

  describe('of a device whose broker shows a certificate', () => {
    const CERTIFICATE = 'ab'.repeat(32)
    const GUEST = 'cd'.repeat(32)

    async function setUp() {
      const device = setUpTwin()
      await device.online()
      device.twin.firmware.settings.update({ mqttPassword: 'mine', mqttCertificate: CERTIFICATE })
      const send = async (form: string) => {
        const answer = await device.post('/wifi/setup.cgi', `essid=twin&${form}`)
        await device.clock.run(5_000)
        return answer
      }
      return {
        ...device,
        send,
        stored: () => [device.twin.settings.mqttCertificate, device.twin.settings.mqttPassword],
      }
    }

    it('is refused where it names another without a password, and says so at the password', async () => {
      const { send, stored } = await setUp()
      for (const certificate of ['none', GUEST]) {
        const answer = await send(`mqttcertificate=${certificate}`)
        match(answer, /^HTTP\/1.1 400 /)
        ok(answer.includes('<a href="#mqttpassword">With another certificate, or none, '))
        deepEqual(stored(), [CERTIFICATE, 'mine'])
      }
      match(await send(`mqttcertificate=${GUEST}&mqttpassword=theirs`), /^HTTP\/1.1 302 /)
      deepEqual(stored(), [GUEST, 'theirs'])
    })

    it('keeps the password with another network, user or port', async () => {
      const { send, stored } = await setUp()
      // The page sends what it shows, and somebody may paste what openssl prints.
      for (const certificate of [CERTIFICATE, (CERTIFICATE.match(/../g) ?? []).join(':').toUpperCase()]) {
        match(await send(`mqttport=8884&mqttuser=me&mqttcertificate=${certificate}`), /^HTTP\/1.1 302 /)
        deepEqual(stored(), [CERTIFICATE, 'mine'])
      }
    })

    it('needs no password where everybody knows the stored one, or there is none', async () => {
      const { send, stored, twin } = await setUp()
      for (const mqttPassword of ['chah5Kai', '']) {
        twin.firmware.settings.update({ mqttPassword, mqttCertificate: CERTIFICATE })
        match(await send('mqttcertificate=none'), /^HTTP\/1.1 302 /)
        deepEqual(stored(), ['', mqttPassword])
      }
    })
  })
})

describe('the model of the portal', () => {
  /** A model whose station and broker the test moves. */
  function model(stored: Partial<Settings> = {}) {
    const clock = testClock()
    const settings = new SettingsStore({ storage: new MemoryStorage(), clock })
    settings.update(stored)
    const states: string[] = []
    const restarts: number[] = []
    const tried: Credentials[] = []
    let onOutcome: (reason: string | undefined) => void = () => {}
    const portal = hosted(PortalModel, {
      clock,
      version: 'lin-0.1.0',
      settings,
      station: {
        status: 'unspecified',
        network: undefined,
        rssi: () => 31,
        scan() {},
        tryCredentials(credentials: Credentials, others: Others, callback: (reason: string | undefined) => void) {
          tried.push(credentials)
          onOutcome = (reason) => {
            if (reason === undefined) settings.update(others())
            callback(reason)
          }
        },
        credentialsChanged() {},
      },
      delivery: { flash: 'full', delivered: 7 },
      system: { resetReason: 4, freeHeap: () => 60_000 },
      wallClock: { now: () => undefined },
      restart: () => void restarts.push(clock.now()),
      count: undefined,
      statistics: new MeterStatistics(clock),
      water: undefined,
      builtIn: [],
      hasBuildPassword: false,
      provisioning: { key: 'own', take: () => false },
      onNumbered() {},
      hasTls: false,
      serial: '7654321',
      brokerConnected: false,
      brokerRefusesCommands: false,
      usesPreviousBroker: false,
      brokerChanged() {},
      onMetersChanged() {},
    })
    const attempt = (ssid: string, password?: string) =>
      portal.tryForm(password === undefined ? { ssid } : { ssid, password }, (state, reason) =>
        states.push(reason === undefined ? state : `${state} ${reason}`),
      )
    return { clock, settings, portal, states, restarts, tried, attempt, end: (reason?: string) => onOutcome(reason) }
  }

  it('hands out no password and no key', () => {
    const secrets = {
      password: 'wifi-code',
      previousPassword: 'old-code',
      fallbackPassword: 'phone-code',
      mqttPassword: 'mqtt-code',
      apPassword: 'mesh-code',
      portalPassword: 'portal-code',
    }
    const { portal } = model({ ...secrets, waterMeters: [`12345678:${RIGHT}`] })
    const text = JSON.stringify(portal.state())
    for (const secret of [...Object.values(secrets), RIGHT]) ok(!text.includes(secret), secret)
    ok(portal.state().hasPortalPassword)
  })

  it('resets what set-up has stored, keeps what was measured and paid for, and restarts', async () => {
    const kept = {
      serial: '1234567',
      valveOpen: true,
      limit: 500,
      total: 400,
      totalSerial: '1234567',
      impulseStart: 12,
    }
    const { portal, settings, restarts, clock } = model({
      ...kept,
      ssid: 'Hjemme',
      password: 'wifi-code',
      previousSsid: 'Før',
      mqttHost: 'mqtt.example.org',
      portalPassword: 'portal-code',
      waterMeters: [`12345678:${RIGHT}`],
      cron: ['0 0 0 1 1 * restart'],
    })
    ok(portal.reset())
    deepEqual(settings.values, { ...settings.defaults, ...kept })
    ok(portal.state().isRestarting)
    await clock.run(10_000)
    equal(restarts.length, 1)
  })

  it('resets nothing where flash refuses, and restarts once however often it is asked', async () => {
    const { portal, restarts, clock } = model()
    portal.restart()
    portal.restart()
    await clock.run(10_000)
    equal(restarts.length, 1)
    const closed = model()
    closed.portal.restart()
    closed.portal.close()
    await closed.clock.run(10_000)
    deepEqual(closed.restarts, [])
  })

  it('tells a stored password to no broker with another certificate, also where the form was taken before', () => {
    const { portal, settings } = model({ mqttHost: 'mine', mqttPassword: 'secret', mqttCertificate: 'ab'.repeat(32) })
    portal.keepForm({ ssid: 'Hjemme' })
    equal(settings.values.mqttPassword, 'secret')
    portal.keepForm({ ssid: 'Hjemme', mqttCertificate: '' })
    deepEqual([settings.values.mqttCertificate, settings.values.mqttPassword], ['', ''])
  })

  it('goes back to the broker of the build', () => {
    const { portal, settings } = model({ mqttHost: 'mqtt.example.org', mqttPassword: 'mine' })
    equal(portal.standardBroker(), 'nabovarme.meterlogger.net')
    portal.useStandardBroker()
    equal(portal.standardBroker(), undefined)
    deepEqual([settings.values.mqttHost, settings.values.mqttPassword], ['nabovarme.meterlogger.net', 'chah5Kai'])
  })

  it('tells of the flash', () => {
    deepEqual(model().portal.flash(), { settings: 'works', journal: 'full' })
  })

  it('shows the settings that have a field', () => {
    const { portal } = model({ ssid: 'Hjemme', mqttHost: 'mqtt.example.org', impulseSerial: '99', impulsesPerUnit: 10 })
    deepEqual(portal.state().values, {
      ssid: 'Hjemme',
      mqttCertificate: '',
      mqttHost: 'mqtt.example.org',
      mqttPort: 1883,
      mqttUser: 'esp8266',
      impulseSerial: '99',
      impulsesPerUnit: 10,
      radioHeaders: '',
    })
  })

  it('ends a trial as soon as the broker has accepted the connection, and once', async () => {
    const { clock, portal, states, attempt, end } = model()
    attempt('Hjemme', 'code')
    portal.onBrokerAnswered()
    end()
    await clock.run(19_000)
    deepEqual(states, ['joining', 'calling'])
    portal.onBrokerAnswered()
    portal.onBrokerAnswered()
    await clock.run(60_000)
    deepEqual(states, ['joining', 'calling', 'connected'])
  })

  it('gives the broker 20 s', async () => {
    const { clock, portal, states, attempt, end } = model()
    attempt('Hjemme', 'code')
    end()
    await clock.run(20_001)
    portal.onBrokerAnswered()
    deepEqual(states, ['joining', 'calling', 'no-broker'])
  })

  it('tells nothing more of a trial that another one has replaced', async () => {
    const { clock, portal, states, attempt, end } = model()
    attempt('Hjemme', 'code')
    end()
    attempt('Skjult', 'code')
    portal.onBrokerAnswered()
    await clock.run(60_000)
    deepEqual(states, ['joining', 'calling', 'joining'])
    end('auth_fail')
    deepEqual(states.at(-1), 'wrong-password auth_fail')
  })

  it('uses the stored password for the stored network only', () => {
    const { tried, attempt } = model({ ssid: 'Hjemme', password: 'stored' })
    attempt('Hjemme')
    attempt('Nabo')
    deepEqual(
      tried.map(({ ssid, password }) => [ssid, password]),
      [
        ['Hjemme', 'stored'],
        ['Nabo', ''],
      ],
    )
  })
})
