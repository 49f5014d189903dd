// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectAsync, type MqttClient } from 'mqtt'
import { parse } from 'yaml'
import { HEAT, Heard, SimpleDevice } from '../support/bridge.js'
import { commandLine, KEY } from '../support/cli.js'
import { Lines } from '../support/lines.js'
import { Mosquitto, missingMosquitto } from '../support/mosquitto.js'
import { needs } from '../support/needs.js'
import { until } from '../support/until.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FOLDER = join(ROOT, 'packaging/container')
const COMPOSE = ['compose.yaml', 'twin.yaml'] as const

/** The firmware's own is public. */
const PASSWORDS: Readonly<Record<string, string>> = {
  esp8266: 'chah5Kai',
  device: 'of-the-device',
  bridge: 'of-the-bridge',
  homeassistant: 'of-home-assistant',
  operator: 'of-the-operator',
}

interface Service {
  readonly image: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly command?: readonly string[]
  readonly volumes?: readonly string[]
  readonly secrets?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
}

const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8')
const compose = (name: string): Compose => parse(read(name))

describe('the containers', () => {
  const { children, start, meterlogger } = commandLine()

  it('have all files that the command line is made of', () => {
    const lines = read('Containerfile').split('\n')
    const copied = lines.flatMap((line) => /^COPY (?!--)(.*) \S+$/.exec(line)?.[1]?.split(' ') ?? [])
    deepEqual(
      copied.filter((name) => !existsSync(join(ROOT, name))),
      [],
    )
    const loaded = Object.keys(JSON.parse(readFileSync(join(ROOT, 'dist/sources.json'), 'utf8')))
    ok(loaded.length > 100)
    deepEqual(
      loaded.filter((file) => !copied.includes(file.split('/')[0]!)),
      [],
    )
    ok(lines.includes('USER 1000:1000'))
  })

  for (const name of COMPOSE) {
    it(`of ${name} use what there is: options, files, secrets, volumes`, async () => {
      const { services, volumes, secrets } = compose(name)
      for (const [service, one] of Object.entries(services)) {
        for (const id of one.secrets ?? []) ok(id in secrets, `${service}: ${id}`)
        for (const volume of one.volumes ?? []) {
          const [from = ''] = volume.split(':')
          ok(from.startsWith('./') ? existsSync(join(FOLDER, from)) : from in volumes, `${service}: ${volume}`)
        }
        for (const other of Object.keys(one.depends_on ?? {}))
          ok(services[other]?.healthcheck !== undefined, `${service}: ${other}`)
        if (one.build === undefined) continue
        ok(existsSync(join(FOLDER, one.build.context, one.build.dockerfile)))
        const [command, ...options] = one.command!
        const { code, out } = await meterlogger([command!, '--help'])
        equal(code, 0)
        for (const option of options) ok(out.includes(` ${option.split('=')[0]} `), `${service}: ${option}`)
        const named = options.flatMap((option) => /=\/run\/secrets\/(.+)$/.exec(option)?.[1] ?? [])
        deepEqual(
          named.filter((id) => !one.secrets?.includes(id)),
          [],
        )
      }
    })
  }

  describe('mosquitto', () => {
    let folder: string
    let mosquitto: Mosquitto
    const clients: MqttClient[] = []

    before(function () {
      needs(this, missingMosquitto())
    })

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'meterlogger-container-'))
      const passwords = join(folder, 'passwords')
      for (const [user, password] of Object.entries(PASSWORDS)) {
        const create = existsSync(passwords) ? [] : ['-c']
        const made = spawnSync('mosquitto_passwd', [...create, '-b', passwords, user, password])
        equal(made.status, 0, String(made.stderr))
      }
      const lines = read('mosquitto.conf')
        .replace(/^(listener|persistence_location) .*\n/gm, '')
        .replace('/run/secrets/mosquitto-passwords', passwords)
        .replace('/mosquitto/config', FOLDER)
      mosquitto = await Mosquitto.start(children, undefined, lines.split('\n'))
    })

    afterEach(async () => {
      await Promise.all(clients.splice(0).map((client) => client.endAsync(true)))
      mosquitto?.remove()
      rmSync(folder, { recursive: true, force: true })
    })

    const urlOf = (user: string) => mosquitto.url.replace('//', `//${user}:${PASSWORDS[user]}@`)

    async function as(user: string): Promise<MqttClient> {
      const client = await connectAsync(urlOf(user))
      client.on('error', () => {})
      clients.push(client)
      return client
    }

    it('lets Home Assistant move the valve, and neither devices nor strangers', async () => {
      const child = start('bridge', '--broker', urlOf('bridge'), '--key', KEY, '--home-assistant', '--control')
      const log = new Lines(child.stderr)
      await log.find(/^bridging /)
      const device = await as('device')
      const commands: string[] = []
      device.on('message', (topic) => commands.push(topic))
      await device.subscribeAsync('/config/v2/7000001/#')
      const house = new SimpleDevice(device, '7000001', KEY)
      const heard = await Heard.of(urlOf('homeassistant'), '#')
      clients.push(heard.client)
      await house.say('sample', HEAT)
      await house.say('status', 'close')
      await heard.holds('homeassistant/device/meterlogger_7000001/config')
      await heard.holds('meterlogger/7000001/valve', 'closed')
      const set = 'meterlogger/7000001/valve/set'
      // mosquitto may hang up on whoever does what it may not.
      const intruder = await as('device')
      await intruder.publishAsync(set, 'OPEN')
      await heard.client.publishAsync(set, 'CLOSE', { qos: 1 })
      const isSent = (name: string) => commands.some((topic) => topic.endsWith(`/${name}`))
      await until(() => isSent('close'), 'the command of Home Assistant')
      ok(!isSent('open'), commands.join(' '))
      // Home Assistant hears what is opened, and nothing sealed.
      ok(!heard.all.some(({ topic }) => topic.startsWith('/')))
      await connectAsync(mosquitto.url, { reconnectPeriod: 0 }).then(
        () => ok(false, 'a stranger was taken'),
        (error: Error) => ok(/authori[sz]ed/i.test(error.message), error.message),
      )
    })

    for (const [user, ...options] of [['device', '--uart', '/dev/null', '--meter', 'none'], ['esp8266']] as const)
      it(`lets an operator ask ${user} and hear the answer`, async () => {
        const twin = start('twin', '--broker', urlOf(user), '--key', KEY, '--serial', '7000001', ...options)
        twin.stderr.resume()
        // It tells this once the broker has taken its subscription.
        await new Lines(twin.stdout).find(/\/reset_reason\/v2\//)
        const asked = ['send', 'version', '--broker', urlOf('operator'), '--key', KEY, '--serial', '7000001']
        const { code, out, err } = await meterlogger([...asked, '--wait', '60'])
        equal(code, 0, err)
        ok(out.startsWith('twin-'), out)
      })
  })
})
