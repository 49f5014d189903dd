import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { FakeDevice, get, HOST, IMPULSE, post, serveSite, WATER_METER } from '../support/portal.js'

const SETUP = '/wifi/wifi_setup.tpl'
const IMPULSE_SETUP = '/wifi/impulse_meter_wifi_setup.tpl'
const TRYING = '/wifi/setting_up.html'

function open(prepare: (device: FakeDevice) => void = () => {}) {
  const device = new FakeDevice()
  prepare(device)
  const network = serveSite(device)
  return { device, ask: (request: string) => network.ask(request) }
}

function impulseMeter(device: FakeDevice): void {
  Object.assign(device.now, IMPULSE)
}

function status(response: string): number {
  return Number(response.slice(9, 12))
}

function location(response: string): string | undefined {
  return /^Location: (.*)\r$/m.exec(response)?.[1]
}

describe('the addresses of the original', () => {
  it('lead to the set-up page', () => {
    const { ask } = open()
    for (const path of ['/', '/wifi', '/wifi/', '/generate_204', '/hotspot-detect.html', '/wifi/setup.cgi'])
      deepEqual([path, location(ask(get(path)))], [path, `http://${HOST}${SETUP}`])
    const impulse = open(impulseMeter)
    equal(location(impulse.ask(get('/'))), `http://${HOST}${IMPULSE_SETUP}`)
    match(impulse.ask(get(IMPULSE_SETUP)), /name="impulse_meter_units"/)
  })

  it('list the networks in its JSON, each once, and start the next scan', () => {
    const { device, ask } = open()
    equal(device.scans, 1)
    equal(
      ask(get('/wifi/wifiscan.cgi')).split('\r\n\r\n')[1],
      '{"result":{"inProgress":"0","APs":[{"essid":"Hjemme","rssi":"-51","enc":"3"},' +
        '{"essid":"Café Ærø","rssi":"-78","enc":"0"},{"essid":"Kælder","rssi":"-83","enc":"4"}]}}',
    )
    device.holdScan = true
    ask(get('/wifi/wifiscan.cgi'))
    equal(ask(get('/wifi/wifiscan.cgi')).split('\r\n\r\n')[1], '{"result":{"inProgress":"1"}}')
    equal(device.scans, 3)
  })

  it('take the form of a script', () => {
    const { device, ask } = open()
    const response = ask(
      post('/wifi/setup.cgi', 'essid=Caf%C3%A9+%C3%86r%C3%B8&passwd=a%26b+1234&mqtthost=10.0.0.2&connect=1'),
    )
    equal(status(response), 302)
    equal(location(response), `http://${HOST}${TRYING}`)
    deepEqual(device.trials, [{ ssid: 'Café Ærø', password: 'a&b 1234', mqttHost: '10.0.0.2' }])
    deepEqual(device.changes, [])
  })

  it('take that of an impulse meter, to the Wh', () => {
    const { device, ask } = open(impulseMeter)
    const response = ask(
      post(
        '/wifi/setup.cgi',
        'essid=x&passwd=&impulse_meter_serial=1234567&impulse_meter_units=1234.567&impulses_per_unit=10',
      ),
    )
    equal(location(response), `http://${HOST}/wifi/impulse_meter_setting_up.html`)
    deepEqual(device.trials, [{ ssid: 'x', impulseSerial: '1234567', impulseReading: 1234567, impulsesPerUnit: 10 }])
    const reading = (text: string) => {
      ask(post('/wifi/setup.cgi', `essid=x&impulse_meter_units=${text}`))
      return device.trials.at(-1)!.impulseReading
    }
    deepEqual(
      ['0', '0,5', '17', '123456789.9999', '4.35', '1.005'].map(reading),
      [0, 500, 17_000, 123_456_789_999, 4_350, 1_005],
    )
  })

  it('take the fingerprint of a certificate where the build knows TLS, and "none" for no TLS', () => {
    const { device, ask } = open()
    const send = (certificate: string) => ask(post('/wifi/setup.cgi', `essid=x&mqttcertificate=${certificate}`))
    send('AB'.repeat(32))
    deepEqual(device.trials, [{ ssid: 'x' }])
    device.now.hasTls = true
    send('AB'.repeat(32))
    send('none')
    deepEqual(device.trials.slice(1), [
      { ssid: 'x', mqttCertificate: 'ab'.repeat(32) },
      { ssid: 'x', mqttCertificate: '' },
    ])
    send('ab12')
    equal(device.trials.length, 3)
  })

  it('take a broker with its port, user and password; a port behind the host goes over that of the other field', () => {
    const { device, ask } = open()
    const broker = 'mqtthost=host:8883&mqttport=1883&mqttuser=me&mqttpassword=+secret'
    ask(post('/wifi/setup.cgi', `essid=x&${broker}`))
    deepEqual(device.trials, [{ ssid: 'x', mqttHost: 'host', mqttPort: 8883, mqttUser: 'me', mqttPassword: ' secret' }])
    ask(post('/wifi/setup.cgi', 'essid=x&mqttport=1884'))
    deepEqual(device.trials[1], { ssid: 'x', mqttPort: 1884 })
  })

  it('keep what a script does not send', () => {
    const { device, ask } = open(impulseMeter)
    ask(post('/wifi/setup.cgi', 'essid=x'))
    ask(post('/wifi/setup.cgi', 'essid=x&mqtthost=&impulse_meter_units=&impulses_per_unit=&impulse_meter_serial='))
    deepEqual(device.trials, [{ ssid: 'x' }, { ssid: 'x' }])
    device.now.ssid = 'Hjemme'
    ask(post('/wifi/setup.cgi', 'essid=Hjemme&passwd='))
    deepEqual(device.trials.at(-1), { ssid: 'Hjemme' })
  })
})

describe('the set-up form', () => {
  const WRONG: readonly [body: string, field: string][] = [
    ['', 'essid'],
    ['passwd=x', 'essid'],
    ['essid=&other=++', 'essid'],
    [`essid=${'a'.repeat(33)}`, 'essid'],
    [`essid=${'%C3%A6'.repeat(17)}`, 'essid'],
    [`essid=x&passwd=${'a'.repeat(65)}`, 'passwd'],
    ['essid=x&passwd=abc', 'passwd'],
    ['essid=x&passwd=1234567', 'passwd'],
    ['essid=x&mqtthost=a b', 'mqtthost'],
    ['essid=x&mqtthost=-', 'mqtthost'],
    ['essid=x&mqtthost=.', 'mqtthost'],
    ['essid=x&mqtthost=a..b', 'mqtthost'],
    ['essid=x&mqtthost=host:70000', 'mqtthost'],
    [`essid=x&mqtthost=${'a'.repeat(64)}`, 'mqtthost'],
    ['essid=x&mqttport=0', 'mqttport'],
    ['essid=x&mqttport=1e3', 'mqttport'],
    [`essid=x&mqttuser=${'a'.repeat(65)}`, 'mqttuser'],
    [`essid=x&mqttpassword=${'a'.repeat(65)}`, 'mqttpassword'],
    ['essid=x&mqtthost=%3Cscript%3E', 'mqtthost'],
    ['essid=x&impulse_meter_serial=1%2F2', 'impulse_meter_serial'],
    ['essid=x&impulse_meter_serial=%2B', 'impulse_meter_serial'],
    ['essid=x&impulse_meter_units=-1', 'impulse_meter_units'],
    ['essid=x&impulse_meter_units=1e3', 'impulse_meter_units'],
    ['essid=x&impulse_meter_units=NaN', 'impulse_meter_units'],
    ['essid=x&impulses_per_unit=0', 'impulses_per_unit'],
    ['essid=x&impulses_per_unit=1.5', 'impulses_per_unit'],
  ]

  it('says what is wrong at the field it is in, and changes nothing', () => {
    const { device, ask } = open(impulseMeter)
    for (const [body, field] of WRONG) {
      const response = ask(post('/wifi/setup.cgi', body))
      deepEqual([body, status(response)], [body, 400])
      match(response, /role="alert"/)
      ok(response.includes(`<a href="#${field}">`), `${body}: no error at ${field}`)
      ok(response.includes(`id="${field}"`), field)
    }
    deepEqual([device.trials, device.changes], [[], []])
  })

  it('says in the language of the page that a broker with another certificate needs its password again', () => {
    const { device, ask } = open()
    device.forgetsPassword = true
    for (const [language, words] of [
      ['en', 'With another certificate'],
      ['da', 'Med et andet certifikat'],
    ] as const) {
      const response = ask(post('/wifi/setup.cgi', 'essid=x', `Accept-Language: ${language}`))
      equal(status(response), 400)
      ok(response.includes(`<a href="#mqttpassword">${words}`), response)
    }
    deepEqual(device.trials, [])
    ask(post('/wifi/setup.cgi', 'essid=x&mqttpassword=again'))
    deepEqual(device.trials, [{ ssid: 'x', mqttPassword: 'again' }])
  })

  it('keeps what was typed, but not the password', () => {
    const response = open().ask(post('/wifi/setup.cgi', 'other=Skjult&passwd=hemmelig-kode&mqtthost=a+b'))
    ok(response.includes('value="Skjult"') && response.includes('value="a b"'))
    ok(!response.includes('hemmelig-kode'))
  })

  it('takes a network that is typed rather than chosen, its blanks too', () => {
    const { device, ask } = open()
    for (const [body, ssid] of [
      ['essid=Hjemme&other=+Skjult++', ' Skjult  '],
      ['essid=+Hjemme+&other=', ' Hjemme '],
      ['essid=Hjemme&other=++', 'Hjemme'],
    ] as const) {
      ask(post('/wifi/setup.cgi', `${body}&passwd=12345678`))
      equal(device.trials.at(-1)!.ssid, ssid)
    }
    const refused = ask(post('/wifi/setup.cgi', 'other=++Skjult+&mqttport=x'))
    ok(refused.includes('value="  Skjult "'))
  })

  it('takes the short key of a network with WEP, which the radio has heard', () => {
    const { device, ask } = open((one) => {
      one.networks = [{ ...one.networks[0]!, ssid: 'Gammel', security: 'WEP' }]
    })
    ask(post('/wifi/setup.cgi', 'essid=Gammel&passwd=abcde'))
    deepEqual(device.trials, [{ ssid: 'Gammel', password: 'abcde' }])
  })

  it('takes numbers and keys with the blanks between their digits', () => {
    const key = 'b1c0a5e2f47d3968805e1f6a9c2b7d43'
    const { device, ask } = open(impulseMeter)
    device.now.key = 'missing'
    const spaced = key.replace(/(..)/g, '$1+')
    const numbers =
      'impulse_meter_serial=12+34+567&impulse_meter_units=1%C2%A0234,5&impulses_per_unit=1+000&mqttport=18%0983'
    ask(post('/wifi/setup.cgi', `essid=x&key=${spaced}&${numbers}`))
    deepEqual(device.trials, [
      {
        ssid: 'x',
        masterKey: key,
        impulseSerial: '1234567',
        impulseReading: 1_234_500,
        impulsesPerUnit: 1000,
        mqttPort: 1883,
      },
    ])
    equal(status(ask(post('/wifi/setup.cgi', `essid=x&key=${key}&mqttport=1${'+'.repeat(600)}8`))), 400)
  })

  it('begins with the stored network, also when it is not in range', () => {
    const { device, ask } = open((one) => {
      one.now.ssid = 'Hjemme'
    })
    match(ask(get(SETUP)), /value="Hjemme" checked/)
    device.now.ssid = 'Langt væk'
    match(ask(get(SETUP)), /value="Langt væk" checked><bdi>Langt væk<\/bdi> <small>not found just now/)
  })

  it('waits for the first networks by itself, with a script and without', () => {
    const { device, ask } = open((one) => {
      one.holdScan = true
    })
    match(ask(get(SETUP)), /<noscript><meta http-equiv="refresh"[\s\S]*data-wait="\/wifi\/looking.cgi"/)
    ok(ask(get('/wifi/looking.cgi')).endsWith('{"result":{"inProgress":"1"}}'))
    device.endScan!()
    ok(ask(get('/wifi/looking.cgi')).endsWith('{"result":{"inProgress":"0"}}'))
    const page = ask(get(SETUP))
    ok(page.includes('<bdi>Hjemme</bdi>') && !page.includes('http-equiv'))
    equal(location(ask(get(`${SETUP}?scan=1`))), `http://${HOST}${SETUP}`)
    equal(device.scans, 2)
  })
})

describe('the test of a network', () => {
  it('shows how it goes and how it ended', () => {
    const { device, ask } = open()
    equal(location(ask(get(TRYING))), `http://${HOST}${SETUP}`)
    ask(post('/wifi/setup.cgi', 'essid=Hjemme&passwd=12345678'))
    match(ask(get(TRYING)), /http-equiv="refresh"[\s\S]*Joining the network/)
    const isStill = (state: string) => ask(get(`/wifi/trying.cgi?state=${state}`)).endsWith('"1"}}')
    match(ask(get(TRYING)), /data-wait="\/wifi\/trying.cgi\?state=joining"/)
    ok(isStill('joining'))
    device.tell('addressing')
    ok(!isStill('joining') && isStill('addressing'))
    match(ask(get(TRYING)), /Waiting for an address[\s\S]*<progress aria-label="Trying Hjemme">/)
    device.tell('calling')
    match(ask(get(TRYING)), /Calling the broker/)
    ok(ask(get('/wifi/trying.cgi')).endsWith('{"result":{"inProgress":"1"}}'))
    device.tell('wrong-password', '4way_handshake_timeout')
    ok(ask(get('/wifi/trying.cgi')).endsWith('{"result":{"inProgress":"0"}}'))
    const refused = ask(get(TRYING))
    match(refused, /role="alert"[\s\S]*refused the password[\s\S]*Nothing of the form is stored/)
    const [main, other] = ['class="button" href="/wifi/wifi_setup.tpl#passwd">Try again', 'class="quiet" name="trial"']
    ok(
      refused.indexOf(main) > 0 && refused.indexOf(main) < refused.indexOf(other),
      'the main button is the sensible one',
    )
    ok(!refused.includes('4way_handshake_timeout'))
    match(ask(get(SETUP)), /value="Hjemme" checked/)
    ask(post('/wifi/setup.cgi', 'essid=Hjemme&passwd=87654321'))
    device.tell('connected')
    const page = ask(get(TRYING))
    match(page, /role="status"[\s\S]*Connected\. The network is stored/)
    ok(!page.includes('keep.cgi'))
  })

  it('has what was typed in the form again when the network refuses, but no secret', () => {
    const { device, ask } = open(impulseMeter)
    const typed = 'mqtthost=10.0.0.9&mqttuser=me&mqttpassword=broker-kode&impulse_meter_units=7'
    ask(post('/wifi/setup.cgi', `other=Skjult&passwd=hemmelig-kode&${typed}`))
    device.tell('wrong-password')
    const page = ask(get(IMPULSE_SETUP))
    for (const value of ['Skjult', '10.0.0.9', 'me']) ok(page.includes(` value="${value}"`), value)
    ok(!page.includes('kode"') && !page.includes('7000'))
  })

  it('offers the way back to the broker of the build, where another one is stored', () => {
    const { device, ask } = open()
    ok(!ask(get(SETUP)).includes('/wifi/broker.cgi'))
    device.ownBroker = 'mqtt.example.org'
    match(ask(get(SETUP)), /action="\/wifi\/broker\.cgi"[\s\S]*Back to the standard broker, mqtt\.example\.org</)
    equal(location(ask(post('/wifi/broker.cgi', ''))), `http://${HOST}${SETUP}`)
    equal(device.ownBroker, undefined)
    deepEqual(device.trials, [])
  })

  it('lets a network be stored that is not in range yet', () => {
    const { device, ask } = open()
    equal(status(ask(post('/wifi/keep.cgi', 'trial=1'))), 302)
    deepEqual(device.kept, [])
    ask(post('/wifi/setup.cgi', 'other=Sommerhus&passwd=12345678&mqtthost=10.0.0.2'))
    device.tell('not-found')
    match(ask(get(TRYING)), /Nothing of the form is stored[\s\S]*name="trial" value="1">Save anyway, with Sommerhus</)
    equal(location(ask(post('/wifi/keep.cgi', 'trial=1'))), `http://${HOST}${SETUP}`)
    deepEqual(device.kept, [{ ssid: 'Sommerhus', password: '12345678', mqttHost: '10.0.0.2' }])
  })

  it('says in which network the device is, whatever is stored', () => {
    const { device, ask } = open((one) => {
      one.now.ssid = 'Hjemme'
      one.now.network = 'Hjemme'
    })
    ok(ask(get(SETUP)).includes('The device is on the network Hjemme.'))
    device.now.ssid = 'Sommerhus'
    ok(ask(get(SETUP)).includes('on the network Hjemme, and not on the stored network Sommerhus.'))
    ok(ask(get('/diagnosis')).includes('on the network Hjemme, and not on'))
    device.now.network = undefined
    ok(ask(get(SETUP)).includes('The device is not on the network Sommerhus: unspecified.'))
  })

  it('lets nobody store what somebody else has tried since, nor what has not failed', () => {
    const { device, ask } = open()
    ask(post('/wifi/setup.cgi', 'other=Sommerhus&passwd=12345678'))
    device.tell('not-found')
    ask(post('/wifi/setup.cgi', 'other=Nabo&passwd=87654321'))
    for (const state of ['joining', 'calling', 'not-found', 'connected', 'no-broker'] as const) {
      device.tell(state)
      ask(post('/wifi/keep.cgi', 'trial=1'))
      ask(post('/wifi/keep.cgi', ''))
      if (state !== 'not-found') ask(post('/wifi/keep.cgi', 'trial=2'))
      deepEqual(device.kept, [], state)
    }
  })

  it('says when the broker before is used', () => {
    const { device, ask } = open()
    device.now.values = { mqttHost: 'new.example.org' }
    ok(!ask(get(SETUP)).includes('as before'))
    device.now.previousBroker = 'old.example.org'
    match(ask(get(SETUP)), /new\.example\.org has not answered, so the device uses old\.example\.org as before/)
    match(ask(get('/diagnosis')), /old\.example\.org, not connected/)
  })

  it('says when the broker refuses commands', () => {
    const { device, ask } = open()
    device.now.brokerRefusesCommands = true
    ok(!ask(get('/diagnosis')).includes('refuses commands'))
    device.now.brokerConnected = true
    match(ask(get('/diagnosis')), /nabovarme\.meterlogger\.net, connected, but it refuses commands/)
    device.now.brokerRefusesCommands = false
    ok(!ask(get('/diagnosis')).includes('refuses commands'))
  })
})

describe('the other pages', () => {
  it('show the meter, its line and its errors by name', () => {
    const page = open().ask(get('/meter'))
    for (const text of ['7654321', '12 s ago', '56.726 MWh', '58 of 60', 'crc: expected 6303, got 6302'])
      ok(page.includes(text), text)
  })

  it('say that there is no reading yet', () => {
    const { ask } = open((device) => {
      device.now.serial = ''
      device.now.meter = {
        reading: undefined,
        age: 0,
        dialogues: 3,
        good: 0,
        errors: [{ text: 'no answer', count: 3 }],
      }
    })
    match(ask(get('/meter')), /not known yet[\s\S]*There is no reading yet[\s\S]*0 of 3/)
  })

  it('say nothing of a line where there is none', () => {
    const { ask } = open((device) => {
      device.now.meter = { reading: undefined, age: 0, dialogues: 0, good: 0, errors: [] }
    })
    const page = ask(get('/meter'))
    ok(!page.includes('Line to the meter') && !page.includes('0 of 0'), page)
  })

  it('tell of a password or a certificate that is stored only where one is', () => {
    const { device, ask } = open((one) => {
      one.now.hasTls = true
      one.now.ssid = ''
      one.now.values = { ...one.now.values, mqttCertificate: '' }
    })
    const stored = /Leave it empty to keep|do without TLS/
    equal(stored.exec(ask(get(SETUP))), null)
    device.now.ssid = 'Hjemme'
    device.now.values = { ...device.now.values, mqttCertificate: 'ab'.repeat(32) }
    match(ask(get(SETUP)), /keep the stored password of this broker[\s\S]*Write &quot;none&quot; to do without TLS/)
  })

  it('take water meters and their keys, and forget them', () => {
    const { device, ask } = open((one) => {
      one.now.waterMeters = []
    })
    ask(post('/water', 'id=12345678&key=44E9112D06BD762EC2BFECE57E487C9B'))
    deepEqual([...device.keys.keys()], ['12345678'])
    equal(device.keys.get('12345678')![0], 0x44)
    ok(ask(get('/water')).includes('12345678'))
    for (const body of ['id=1234567&key=44E9112D06BD762EC2BFECE57E487C9B', 'id=12345678&key=44E9', 'id=&key=', ''])
      equal(status(ask(post('/water', body))), 400)
    ask(post('/water', 'remove=12345678'))
    ok(!ask(get('/water')).includes('12345678'))
  })

  it('ask before a water meter is removed, and say what was done while it is so', () => {
    const { device, ask } = open((one) => {
      one.now.waterMeters = [{ ...WATER_METER, id: '87654321', builtIn: true }]
    })
    const said = () => /role="status">([^<]*)</.exec(ask(get(path)))?.[1]
    let path = location(ask(post('/water', 'id=74+493%C2%A0770&key=44+E9112D06BD762EC2BFECE57E487C9B')))!.slice(
      `http://${HOST}`.length,
    )
    equal(said(), 'The water meter 74493770 is saved.')
    const page = ask(get('/water'))
    ok(page.includes('href="/water?remove=74493770"') && !page.includes('remove=87654321'))
    match(ask(get('/water?remove=74493770')), /<h1>Remove the water meter 74493770\?[\s\S]*<button name="remove"/)
    ok(!ask(get('/water?remove=87654321')).includes('<button name="remove"'))
    equal(device.now.waterMeters!.length, 2)
    const before = path
    path = location(ask(post('/water', 'remove=74493770')))!.slice(`http://${HOST}`.length)
    equal(said(), 'The water meter 74493770 is removed.')
    device.flashNow.settings = 'refuses'
    equal(said(), undefined)
    device.flashNow.settings = 'works'
    path = before
    equal(said(), undefined)
  })

  it('take the record headers that somebody has found, all of them, or none again', () => {
    const { device, ask } = open((one) => {
      one.now.waterMeters = []
      one.now.values = { ...one.now.values, radioHeaders: '0413?' }
    })
    const shown = () => /id="headers"[^>]* value="([^"]*)"/.exec(ask(get('/water/headers')))?.[1]
    equal(shown(), '0413?')
    ok(ask(get('/water')).includes('href="/water/headers"'))
    for (const [typed, stored] of [
      ['02FF200413%2C+04130259%3F', '02FF200413, 04130259?'],
      ['++0413+', '0413'],
      ['', ''],
    ] as const) {
      equal(status(ask(post('/water', `headers=${typed}`))), 302)
      deepEqual(device.changes.at(-1), { radioHeaders: stored })
      equal(shown(), stored)
    }
    const { length } = device.changes
    for (const typed of ['x', '04', '0413%2C', '0413%2C0413', '0413%3F%3F', '0413'.repeat(76), 'none']) {
      const answer = ask(post('/water', `headers=${typed}`, 'Accept-Language: da'))
      equal(status(answer), 400, typed)
      ok(answer.includes('Listen af headere er ikke rigtig'), typed)
      ok(/id="headers"[^>]* aria-invalid="true"/.test(answer), typed)
    }
    equal(device.changes.length, length)
    deepEqual([...device.keys.keys()], [])
  })

  it('tell of each radio meter how it is heard, and why it is not believed', () => {
    const KEYS = [
      ['not heard', 'Not heard yet', 'Ikke hørt endnu'],
      ['right', 'key is right', 'Nøglen er rigtig'],
      ['wrong', 'key is wrong', 'Nøglen er forkert'],
      ['not encrypted', 'does not encrypt', 'den krypterer ikke'],
      ['other mode', 'a way that this firmware cannot read', 'ikke kan læse'],
      ['unknown header', 'not known what the meter sends: <code>61EB</code>', 'hvad måleren sender: <code>61EB</code>'],
      ['header not confirmed', 'without the question mark: <code>61EB</code>', 'spørgsmålstegnet: <code>61EB</code>'],
    ] as const
    const DOUBTS = [
      [undefined, '</p>', '</p>'],
      ['total', 'its total has jumped', 'tællerstanden er sprunget'],
      ['clock', 'its clock has started again', 'ur er begyndt forfra'],
    ] as const
    const { device, ask } = open((one) => {
      one.now.waterMeters = []
    })
    for (const [key, ...texts] of KEYS)
      for (const [doubt, ...reasons] of DOUBTS) {
        const header = key.includes('header') ? '61EB' : undefined
        device.now.waterMeters = [{ ...WATER_METER, key, header, doubt }]
        for (const [i, language] of ['en', 'da'].entries()) {
          const page = ask(get(`/water?lang=${language}`))
          ok(page.includes(texts[i]!), `${key}: ${texts[i]}`)
          ok(page.includes(reasons[i]!), `${doubt}: ${reasons[i]}`)
        }
      }
  })

  it('say that the flash is full or dead', () => {
    const { device, ask } = open()
    ok(!ask(get('/access')).includes('role="alert"'))
    const STATES = [
      [{ settings: 'refuses', journal: 'works' }, 'refuses to store settings', 'gemmer ingen indstillinger'],
      [{ settings: 'spent', journal: 'works' }, 'flash is spared', 'flashen skånes'],
      [{ settings: 'works', journal: 'full' }, 'readings is full', 'målinger er fuldt'],
      [{ settings: 'works', journal: 'refuses' }, 'takes no readings', 'tager ingen målinger'],
    ] as const
    for (const [state, english, danish] of STATES) {
      device.flashNow = state
      for (const path of ['/access', '/meter', SETUP]) {
        ok(ask(get(`${path}?lang=en`)).includes(english), english)
        ok(ask(get(`${path}?lang=da`)).includes(danish), danish)
      }
    }
  })

  it('are not there where there is nothing to show', () => {
    const { ask } = open()
    equal(status(ask(get('/water'))), 404)
    ok(!ask(get(SETUP)).includes('/water'))
    const missing = ask(get('/no'))
    equal(status(missing), 404)
    match(missing, /There is no such page[\s\S]*<a href="\/">To the set-up page</)
    ok(missing.length < 1_000, 'browsers ask for icons too')
    equal(status(ask(post('/meter', ''))), 404)
    equal(status(ask(`DELETE / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`)), 405)
  })

  it('restart the device, and reset it after a question', () => {
    const { device, ask } = open()
    ask(get('/device?restart=1'))
    match(ask(get('/device?reset=1')), /Reset to factory settings\?[\s\S]*These stay: the key[\s\S]*name="reset"/)
    deepEqual([device.restarts, device.resets], [0, 0])
    device.flashNow.settings = 'refuses'
    match(ask(post('/device', 'reset=1')), /role="alert">The flash has not taken that/)
    device.flashNow.settings = 'works'
    ok(!ask(get('/device')).includes('The device restarts'))
    equal(location(ask(post('/device', 'reset=1'))), `http://${HOST}/device`)
    match(ask(get('/device')), /role="status">The device restarts/)
    ask(post('/device', 'reset=1'))
    deepEqual([device.restarts, device.resets], [0, 1])
    ask(post('/device', 'restart=1', 'Origin: http://evil.example'))
    equal(device.restarts, 0)
    ask(post('/device', 'restart=1'))
    equal(device.restarts, 1)
  })

  it('say in numbered lines what somebody reads out on the telephone', () => {
    const { device, ask } = open((one) => {
      one.now.waterMeters = [WATER_METER]
      one.now.ssid = one.now.network = 'Hjemme'
    })
    const lines = (language: string) =>
      ask(get(`/diagnosis?lang=${language}`))
        .match(/<li>[^/]*: <bdi>.*(?=<\/bdi>)/g)!
        .map((line) => line.replace(/<.*?>/g, ''))
    deepEqual(lines('en'), [
      'Serial number: 7654321',
      'Version: lin-0.1.0-lwip-KMP-THERMO_NC',
      'Running: for 83 h, since power-on (0)',
      'Line to the meter: 58 of 60 readings succeeded.',
      'Last reading: 12 s ago',
      'Wi-Fi: The device is on the network Hjemme.',
      'Signal: -61 dBm, good',
      'Broker: nabovarme.meterlogger.net, not connected',
      'Time: 2026-11-20 15:12 UTC',
      'Sent since the start: 5012',
      'Flash for settings: works',
      'Flash for readings: works',
      'Free memory: 59 kB',
      '12345678: The key is right. 16 s ago',
    ])
    Object.assign(device.diagnosisNow, { signal: undefined, time: undefined, freeHeap: 0 })
    device.flashNow = { settings: 'spent', journal: 'full' }
    device.diagnosisNow.resetReason = 3
    Object.assign(device.now.meter, { dialogues: 0, good: 0 })
    const danish = lines('da')
    equal(danish.length, 14)
    for (const line of [
      'Kører: i 83 h, siden software-watchdoggen (3)',
      'Forbindelsen til måleren: –',
      'Signal: kendes ikke endnu',
      'Tid: kendes ikke endnu',
      'Sendt siden start: 5.012',
      'Flash til målinger: er fuld',
    ])
      ok(danish.includes(line), `${line} in ${danish.join()}`)
  })

  it('set a password of the set-up network, and the standard one again', () => {
    const { device, ask } = open()
    match(ask(get('/access')), /first half of the device’s key/)
    for (const password of ['1234567', 'a'.repeat(64), '%C3%A6%C3%B8%C3%A512345', '12345678%0A'])
      equal(status(ask(post('/access', `password=${password}`))), 400)
    equal(status(ask(post('/access', 'password=egen-adgangskode'))), 302)
    match(ask(get('/access?saved=1')), /role="status">Saved\.[\s\S]*password of its own/)
    ask(post('/access', 'standard=1'))
    deepEqual(device.changes, [{ portalPassword: 'egen-adgangskode' }, { portalPassword: '' }])
  })

  it('say whose password it is, and that an example key is not used', () => {
    const { device, ask } = open()
    ok(!ask(get(SETUP)).includes('is an example'))
    device.now.hasBuildPassword = true
    device.now.key = 'example'
    match(ask(get('/access')), /the one that the firmware was built with/)
    match(ask(get(SETUP)), /role="alert">The key of this device is an example/)
  })

  it('ask a device that has no key for one, once, and never show it', () => {
    const key = 'b1c0a5e2f47d3968805e1f6a9c2b7d43'
    const { device, ask } = open()
    ok(!ask(get(SETUP)).includes('name="key"'))
    ask(post('/wifi/setup.cgi', `essid=Hjemme&key=${key}&serial=7000001`))
    deepEqual(device.trials, [{ ssid: 'Hjemme' }])

    device.now.key = 'missing'
    match(ask(get(SETUP)), /has no key yet[\s\S]*id="key"[\s\S]*id="serial"/)
    match(ask(get('/access')), /the password is random/)
    equal(status(ask(post('/wifi/setup.cgi', 'essid=Hjemme'))), 400)
    for (const wrong of ['0'.repeat(32), key.slice(1)]) {
      const refused = ask(post('/wifi/setup.cgi', `essid=Hjemme&key=${wrong}`))
      equal(status(refused), 400)
      ok(!refused.includes(wrong))
      match(refused, /href="#key">The key of this device has 32/)
    }
    ok(!ask(post('/wifi/setup.cgi', `key=${key}`)).includes(key))
    equal(device.trials.length, 1)
    equal(status(ask(post('/wifi/setup.cgi', `essid=Hjemme&key=+${key}&serial=7000001`))), 302)
    deepEqual(device.trials[1], { ssid: 'Hjemme', masterKey: key, ownSerial: '7000001' })
    ok(!ask(get(TRYING)).includes(key))
  })

  it('ask for the number of an impulse meter in its own field alone', () => {
    const { device, ask } = open(impulseMeter)
    device.now.key = 'missing'
    const page = ask(get(IMPULSE_SETUP))
    ok(page.includes('id="key"') && page.includes('id="impulse_meter_serial"') && !page.includes('id="serial"'))
  })

  it('are in the language of the browser, until somebody chooses', () => {
    const { ask } = open()
    const language = (...headers: string[]) => /<html lang="(..)">/.exec(ask(get('/meter', ...headers)))![1]
    equal(language(), 'en')
    equal(language('Accept-Language: da-DK,da;q=0.9,en;q=0.8'), 'da')
    equal(language('Accept-Language: de,en;q=0.3,da;q=0.7'), 'da')
    equal(language('Accept-Language: en-GB, da;q=0.1'), 'en')
    equal(language('Accept-Language: da;q=0'), 'en')
    equal(language('Accept-Language: ;;;,q=,da;q=x'), 'en')
    match(ask(get('/meter?lang=da')), /<html lang="da">/)
    // Somebody else's browser has a language of its own.
    equal(language('Accept-Language: en'), 'en')
    equal(language('Accept-Language: en', 'Cookie: session=x; lang=da; lang2=en'), 'da')
    equal(language('Accept-Language: da', 'Cookie: xlang=en'), 'da')
    equal(language('Accept-Language: da', 'Cookie: lang=de'), 'da')
    match(ask(post('/wifi/setup.cgi', '', 'Cookie: lang=da')), /Vælg et netværk/)
  })

  it('remember a language that somebody has chosen in the browser alone, also where the page leads on', () => {
    const { ask } = open()
    const cookie = (response: string) => /^Set-Cookie: (.*)\r$/m.exec(response)?.[1]
    const chosen = 'lang=da; Path=/; Max-Age=31536000; SameSite=Lax'
    equal(cookie(ask(get('/meter?lang=da'))), chosen)
    equal(cookie(ask(get('/?lang=da'))), chosen)
    equal(cookie(ask(post('/wifi/setup.cgi', 'lang=da'))), chosen)
    for (const path of ['/meter', '/meter?lang=xx', '/no?lang=da']) equal(cookie(ask(get(path))), undefined, path)
  })

  it('change their language without losing what was typed, and do nothing else', () => {
    const { device, ask } = open((one) => {
      impulseMeter(one)
      one.now.waterMeters = []
    })
    const typed = 'other=+Skjult&passwd=hemmelig-kode&mqtthost=10.0.0.9&mqttuser=me&impulse_meter_units=1234,5'
    const page = ask(post('/wifi/setup.cgi', `${typed}&lang=da`))
    equal(status(page), 200)
    ok(page.includes('<html lang="da">') && !page.includes('role="alert"') && !page.includes('hemmelig-kode'))
    for (const value of [' Skjult', '10.0.0.9', 'me', '1234,5']) ok(page.includes(` value="${value}"`), value)
    const refused = ask(post('/wifi/setup.cgi', `${typed}&mqttport=x`))
    match(refused, /name="check" value="da"/)
    const other = ask(post('/wifi/setup.cgi', `${typed}&mqttport=x&check=da`))
    equal(status(other), 400)
    match(other, /Ret venligst[\s\S]*href="#mqttport">En port er[\s\S]*value=" Skjult"/)
    const key = '44E9112D06BD762EC2BFECE57E487C9B'
    match(ask(post('/water', `id=12345678&key=${key}&lang=da`)), /lang="da"[\s\S]*id="id"[^>]* value="12345678"/)
    match(ask(post('/water', 'headers=zz&check=da')), /lang="da"[\s\S]*role="alert"[\s\S]*id="headers"[^>]* value="zz"/)
    match(ask(post('/access', 'password=egen-adgangskode&lang=da')), /<html lang="da">/)
    deepEqual([device.trials, device.changes, [...device.keys]], [[], [], []])
  })

  it('have the numbers of their language', () => {
    const { device, ask } = open((one) => {
      one.now.waterMeters = [{ ...WATER_METER, total: '1008.915 m³' }]
    })
    Object.assign(device.now.meter.reading!.quantities, { t3: { value: '-1234567.5', unit: 'C' } })
    const danish = ask(get('/meter?lang=da'))
    for (const text of ['56,726 MWh', '1.321,27 m³', '73.327 h', '214 l/h', '-1.234.567,5 °C'])
      ok(danish.includes(`>${text}`), text)
    ok(ask(get('/meter')).includes('>1321.27 m³'))
    ok(ask(get('/water?lang=da')).includes('<strong>1.008,915 m³<'))
    impulseMeter(device)
    ok(ask(get(`${IMPULSE_SETUP}?lang=da`)).includes('Talt indtil nu: 1.234,567.'))
  })

  it('take a reading with a comma or a point, and none that may be two numbers', () => {
    const { device, ask } = open(impulseMeter)
    const reading = (text: string, decimal: string) => {
      const { length } = device.trials
      ask(post('/wifi/setup.cgi', `essid=x&impulse_meter_units=${encodeURIComponent(text)}${decimal}`))
      return device.trials.length === length ? undefined : device.trials.at(-1)!.impulseReading
    }
    const [danish, english, script] = ['&decimal=%2C', '&decimal=.', '']
    for (const [text, ...expected] of [
      ['1234,567', 1_234_567, 1_234_567, 1_234_567],
      ['1234.567', 1_234_567, 1_234_567, 1_234_567],
      ['1.234,567', 1_234_567, 1_234_567, 1_234_567],
      ['1,234.567', 1_234_567, 1_234_567, 1_234_567],
      ['1.234.567', 1_234_567_000, 1_234_567_000, 1_234_567_000],
      ['1.234', undefined, 1_234, 1_234],
      ['1,234', 1_234, undefined, 1_234],
      ['0.567', 567, 567, 567],
      ['1.23', 1_230, 1_230, 1_230],
      ['12.34,5', undefined, undefined, undefined],
      ['1,2,3', undefined, undefined, undefined],
      ['1.234.567.890', undefined, undefined, undefined],
    ] as const)
      deepEqual([text, ...[danish, english, script].map((decimal) => reading(text, decimal))], [text, ...expected])
    match(ask(get(IMPULSE_SETUP)), /type="hidden" name="decimal" value="\."/)
  })
})

describe('what comes from outside', () => {
  const HOSTILE = [
    '<script>alert(1)</script>',
    '" onfocus="alert(1)" x="',
    "'&lt;\\",
    '\u202eevil',
    '\ufffd\u0001\u0000',
    '</bdi></label>',
  ]

  it('is only ever text', () => {
    const { device, ask } = open((one) => {
      one.now.waterMeters = []
      one.networks = HOSTILE.map((ssid) => ({ ssid, bssid: '', rssi: -50, channel: 1, security: '' }))
      one.now.values = { mqttHost: '"><b>' }
      one.now.meter = { ...one.now.meter, errors: HOSTILE.map((text) => ({ text, count: 1 })) }
      one.now.waterMeters = [{ ...WATER_METER, id: '<i>', total: '<i>', key: 'unknown header', header: '<i>' }]
    })
    device.now.ssid = HOSTILE[0]!
    const pages = ['/meter', SETUP, '/water'].map((path) => ask(get(path)))
    for (const ssid of HOSTILE) {
      pages.push(
        ask(post('/wifi/setup.cgi', `other=${encodeURIComponent(ssid)}&mqtthost=${encodeURIComponent(ssid)}<`)),
      )
      ask(post('/wifi/setup.cgi', `other=${encodeURIComponent(ssid)}`))
      pages.push(ask(get(TRYING)))
      device.tell('failed', ssid)
      pages.push(ask(get(TRYING)))
    }
    for (const page of pages) {
      const body = page.slice(page.indexOf('<body>'), page.lastIndexOf('<script>'))
      for (const wrong of ['<script', '<b>', '<i>', '" onfocus', '\0', '\x01']) ok(!body.includes(wrong), body)
    }
    const { result } = JSON.parse(ask(get('/wifi/wifiscan.cgi')).split('\r\n\r\n')[1]!)
    deepEqual(
      result.APs.map(({ essid }: { essid: string }) => essid),
      HOSTILE,
    )
  })

  it('cannot post a form from another site', () => {
    const { device, ask } = open()
    const tried = (...headers: string[]) => {
      const response = ask(post('/wifi/setup.cgi', 'essid=x', ...headers))
      return status(response) === 302
    }
    ok(!tried('Origin: http://evil.example'))
    ok(!tried('Origin: null'))
    ok(!tried(`Origin: https://${HOST}`))
    ok(!tried(`Origin: http://${HOST}:8080`))
    ok(!tried('Referer: http://evil.example/'))
    ok(!tried(`Referer: http://${HOST}.evil.example/`))
    ok(!tried('Sec-Fetch-Site: cross-site'))
    ok(!tried('Sec-Fetch-Site: same-site', `Origin: http://${HOST}`))
    equal(device.trials.length, 0)
    ok(tried(`Origin: http://${HOST}`, 'Sec-Fetch-Site: same-origin'))
    ok(tried(`Referer: http://${HOST}${SETUP}`))
    ok(tried())
    equal(device.trials.length, 3)
  })

  it('cannot post a form to a name that somebody made ours', () => {
    const { device, ask } = open()
    const body = 'essid=x'
    const head = `Host: evil.example\r\nOrigin: http://evil.example\r\nContent-Type: application/x-www-form-urlencoded`
    equal(status(ask(`POST /wifi/setup.cgi HTTP/1.1\r\n${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)), 403)
    equal(device.trials.length, 0)
  })

  it('cannot post what no form of ours is', () => {
    const { ask } = open()
    const body = 'essid=x'
    for (const type of ['text/plain', 'application/json', 'multipart/form-data; boundary=x'])
      equal(
        status(
          ask(
            `POST /wifi/setup.cgi HTTP/1.1\r\nHost: ${HOST}\r\nContent-Type: ${type}\r\nContent-Length: 7\r\n\r\n${body}`,
          ),
        ),
        415,
      )
  })
})

/** By what phones and computers find out whether they are on the Internet, and where a portal is. */
const PROBES: readonly [system: string, host: string, path: string][] = [
  ['iOS, macOS', 'captive.apple.com', '/hotspot-detect.html'],
  ['iOS, macOS', 'www.apple.com', '/library/test/success.html'],
  ['Android', 'connectivitycheck.gstatic.com', '/generate_204'],
  ['Android', 'clients3.google.com', '/generate_204'],
  ['Android', 'www.google.com', '/gen_204'],
  ['Android', 'play.googleapis.com', '/generate_204'],
  ['Samsung', 'connectivitycheck.samsung.com', '/generate_204'],
  ['Huawei', 'connectivitycheck.platform.hicloud.com', '/generate_204'],
  ['Xiaomi', 'connect.rom.miui.com', '/generate_204'],
  ['Windows', 'www.msftconnecttest.com', '/connecttest.txt'],
  ['Windows', 'www.msftconnecttest.com', '/redirect'],
  ['Windows', 'www.msftncsi.com', '/ncsi.txt'],
  ['Firefox', 'detectportal.firefox.com', '/success.txt?ipv4'],
  ['Firefox', 'detectportal.firefox.com', '/canonical.html'],
  ['GNOME', 'nmcheck.gnome.org', '/check_network_status.txt'],
  ['Ubuntu', 'connectivity-check.ubuntu.com.', '/'],
  ['Debian', 'network-test.debian.org', '/nm'],
  ['Fedora', 'fedoraproject.org', '/static/hotspot.txt'],
  ['Arch', 'ping.archlinux.org', '/nm-check.txt'],
  ['KDE', 'networkcheck.kde.org', '/'],
  ['anybody', 'neverssl.com', '/'],
]

describe('who looks for the Internet', () => {
  it('is sent to the portal, whatever the system asks for', () => {
    const { ask } = open()
    for (const [system, host, path] of PROBES) {
      const response = ask(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      deepEqual([system, status(response), location(response)], [system, 302, `http://${HOST}/`])
    }
  })
})
