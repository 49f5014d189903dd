import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import type { ClassNames, SdkModule, SdkNames } from './names.js'
import { namesOfSource } from './source.js'

/** Where the SDK has the JavaScript of a module and the C behind it, for the ESP32. */
const SOURCES: Readonly<Record<string, readonly [js: string, ...c: readonly string[]]>> = {
  crypt: ['modules/crypt/digest/crypt.js', 'modules/crypt/digest/modCrypt.c'],
  curve: ['modules/crypt/etc/curve.js'],
  ecdsa: ['modules/crypt/etc/ecdsa.js'],
  ecp: ['modules/crypt/arith/ecp.js'],
  pkcs1_5: ['modules/crypt/etc/pkcs1_5.js'],
  rng: ['modules/crypt/etc/rng.js', 'modules/crypt/etc/rng.c'],
  'ssl/constants': ['modules/crypt/ssl/ssl_constants.js'],
  net: ['modules/network/net/net.js', 'modules/network/net/esp/modNet.c', 'modules/network/net/esp/modResolve.c'],
  'pins/digital': ['modules/pins/digital/digital.js', 'modules/pins/digital/digital.c'],
  'pins/digital/monitor': [
    'modules/pins/digital/monitor/monitor.js',
    'modules/pins/digital/monitor/esp32/modMonitor.c',
  ],
  preference: ['modules/files/preference/preference.js', 'modules/files/preference/esp32/modPreference.c'],
  sntp: ['modules/network/sntp/sntp.js', 'modules/network/sntp/modsntp.c'],
  socket: ['modules/network/socket/socket.js', 'modules/network/socket/lwip/modSocket.c'],
  time: ['modules/base/time/time.js', 'modules/base/time/esp/modTime.c'],
  timer: ['modules/base/timer/timer.js', 'modules/base/timer/modTimer.c'],
  wifi: ['modules/network/wifi/esp32/wifi.js', 'modules/network/wifi/esp32/xs6wifi.c'],
  'embedded:io/analog': ['modules/io/analog/esp32/_analog.js', 'modules/io/analog/esp32/_analog.c'],
  'embedded:io/bluetoothle/central': [
    'modules/io/ble/client/esp32/bleclient.js',
    'modules/io/ble/client/esp32/bleclient.c',
  ],
  'embedded:io/digital': ['modules/io/digital/digital.js'],
  'embedded:io/digitalbank': ['modules/io/digital/digitalbank.js', 'modules/io/digital/esp32/digitalbank.c'],
  'embedded:io/pulsewidth': ['modules/io/pulsewidth/esp32/_pulsewidth.js', 'modules/io/pulsewidth/esp32/_pulsewidth.c'],
  'embedded:io/serial': ['modules/io/serial/esp32/serial.js', 'modules/io/serial/esp32/serial.c'],
  'embedded:io/socket/listener': ['modules/io/socket/lwip/listener.js', 'modules/io/socket/lwip/tcp.c'],
  'embedded:io/socket/tcp': ['modules/io/socket/lwip/tcp.js', 'modules/io/socket/lwip/tcp.c'],
  'embedded:io/socket/tcp/tls': ['examples/io/tcp/tlssocket/tlssocket.js', 'modules/crypt/ssl/session_419.js'],
  'embedded:io/socket/udp': ['modules/io/socket/lwip/udp.js', 'modules/io/socket/lwip/udp.c'],
  'embedded:network/mqtt/client': ['examples/io/tcp/mqttclient/mqttclient.js'],
  'embedded:storage/flash': ['modules/io/flash/esp32/flash-esp32.js', 'modules/io/flash/esp32/flash-esp32.c'],
}

/** Options that every module of `embedded:io` takes. */
const COMMON = 'modules/io/common/builtinCommon.c'

/** Reads the names from a tree of the SDK's. */
export function readSdk(moddable: string): SdkNames {
  const text = (path: string) => readFileSync(join(moddable, path), 'utf8')
  const modules: Record<string, SdkModule> = {}
  for (const [name, [js, ...c]] of Object.entries(SOURCES)) {
    const natives = c.map(text).join('\n')
    const names = namesOfSource(text(js), js, (native) => argumentsOf(native, natives))
    const ids = new Set([...idsOfC(natives), ...idsOfJavaScript(text(js))])
    if (name.startsWith('embedded:')) for (const id of idsOfC(text(COMMON))) ids.add(id)
    modules[name] = { file: js, ...names, ids: [...ids].sort().join(' ') }
  }
  inherit(modules)
  return { sdk: text('tools/VERSION').trim(), modules }
}

/** The most arguments that a C function looks at, or one that it hands its machine to. */
function argumentsOf(name: string, c: string, seen = new Set<string>()): number {
  const start = seen.has(name) ? -1 : c.search(new RegExp(`^(?:\\w[\\w *]*\\b)?${name}\\(xsMachine ?\\*`, 'm'))
  if (start < 0) return 0
  seen.add(name)
  const body = c.slice(start, c.indexOf('\n}', start))
  const looked = [...body.matchAll(/xsArg\((\d+)\)/g)].map(([, index]) => Number(index) + 1)
  const called = [...body.matchAll(/\b(\w+)\(the[,)]/g)].map(([, callee]) => argumentsOf(callee!, c, seen))
  return Math.max(0, ...looked, ...called)
}

function idsOfC(c: string): string[] {
  return [...c.matchAll(/\bxsID_(\w+)/g)].map(([, name]) => name!)
}

/** Every property that is looked at by its name. */
function idsOfJavaScript(js: string): string[] {
  const ids: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.name)) ids.push(node.name.text)
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent))
      ids.push((node.propertyName ?? node.name).getText())
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InKeyword)
      if (ts.isStringLiteral(node.left)) ids.push(node.left.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('sdk.js', js, ts.ScriptTarget.ES2022, true))
  return ids
}

/** Members of the class that another extends, of whichever module, are its own. */
function inherit(modules: Readonly<Record<string, SdkModule>>): void {
  const all = new Map<string, ClassNames>()
  for (const { classes } of Object.values(modules))
    for (const [name, names] of Object.entries(classes)) all.set(name, names)
  for (const { classes } of Object.values(modules)) {
    for (const names of Object.values(classes)) {
      const base = names.extends === undefined ? undefined : all.get(names.extends)
      if (base === undefined) continue
      for (const side of ['static', 'instance'] as const)
        for (const [name, member] of Object.entries(base[side])) names[side][name] ??= member
      if (names.parameters === undefined && base.parameters !== undefined) names.parameters = base.parameters
    }
  }
}
