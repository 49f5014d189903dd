// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { joinNetwork } from '../../tools/join-network.js'

const NETWORK = 'KAM_1234567'

/** Calls of nmcli, of which so many attempts to join fail, and what its file with the password was. */
async function joined(password: string, { failures = 0, canAdd = true } = {}) {
  const calls: string[] = []
  const files: { path: string; text: string; modes: number[] }[] = []
  let left = failures
  const isJoined = await joinNetwork({
    network: NETWORK,
    password,
    async nmcli(args) {
      calls.push(args.join(' '))
      if (args[1] === 'add') return canAdd
      if (args[1] !== 'up') return false
      const path = args.at(-1)!
      const modes = [path, dirname(path)].map((name) => statSync(name).mode & 0o777)
      files.push({ path, text: readFileSync(path, 'utf8'), modes })
      return left-- === 0
    },
    async wait() {},
  })
  return { isJoined, calls, files }
}

describe('the way into the set-up network', () => {
  it('gives nmcli the password in a file of its user alone, not as an argument, and leaves nothing of it', async () => {
    const { isJoined, calls, files } = await joined('0123456789abcdef')
    equal(isJoined, true)
    const [{ path, text, modes }] = files as [(typeof files)[0]]
    equal(text, '802-11-wireless-security.psk:0123456789abcdef\n')
    deepEqual(modes, [0o600, 0o700])
    equal(existsSync(dirname(path)), false)
    ok(!calls.join('\n').includes('0123456789abcdef'))
  })

  it('tries the one profile until the network is there, and deletes that of an earlier call', async () => {
    const { calls } = await joined('0123456789abcdef', { failures: 3 })
    const uuid = /connection\.uuid (\S+) /.exec(calls[1]!)![1]
    equal(calls[0], `connection delete id ${NETWORK}`)
    ok(
      calls[1]!.startsWith(
        `connection add save no autoconnect no type wifi ifname * con-name ${NETWORK} ssid ${NETWORK} `,
      ),
    )
    equal(calls.length, 6)
    for (const call of calls.slice(2)) ok(call.startsWith(`connection up uuid ${uuid} passwd-file `), call)
  })

  it('leaves nothing either where NetworkManager takes no profile', async () => {
    const before = process.listenerCount('exit')
    const { isJoined, calls } = await joined('0123456789abcdef', { canAdd: false })
    deepEqual([isJoined, calls.length, process.listenerCount('exit')], [false, 2, before])
  })

  it('escapes what nmcli would take for an escape, or take away', async () => {
    const { files } = await joined('  a\\b: #c ')
    equal(files[0]!.text, '802-11-wireless-security.psk:\\  a\\\\b: #c\\ \n')
  })
})
