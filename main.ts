import { Firmware } from 'app/firmware'
import { parseFlags } from 'app/flags'
import { PROJECT, RELEASE } from 'app/version'
import { visible } from 'codec/visible'
import { openBle } from 'device/ble'
import { DeviceClock } from 'device/clock'
import { DeviceCrypto } from 'device/crypto'
import { Faults } from 'device/faults'
import { openFlash } from 'device/flash'
import { openImpulses } from 'device/impulse'
import { deviceListener } from 'device/listener'
import { Machine } from 'device/machine'
import { mqttConnector } from 'device/mqtt'
import { Radio } from 'device/radio'
import { byAddress, Resolver } from 'device/resolver'
import { DeviceSerial } from 'device/serial'
import { openSlots } from 'device/slots'
import { DeviceStorage } from 'device/storage'
import { openSystem } from 'device/system'
import { tcpConnector } from 'device/tcp'
import { querySntp } from 'device/time'
import { openTls } from 'device/tls'
import { deviceUdp } from 'device/udp'
import { deviceVerifier } from 'device/verifier'
import { DeviceWifi } from 'device/wifi'
import config from 'mc/config'
import Net from 'net'

/** Composes the firmware from the SDK's adapters and starts it; the host calls this at power-on. */
export default function main(): void {
  const flags = parseFlags(config)
  const { board } = config
  if (flags.ok) {
    const { impulsePin } = flags.value.driver
    const log = flags.value.debug ? (text: string) => trace(`${visible(text)}\n`) : () => {}
    const faults = new Faults(log)
    const machine = new Machine(faults)
    const tls = openTls(machine)
    const resolver = new Resolver((name, onResolved) => Net.resolve(name, onResolved))
    const ble = flags.value.ble ? openBle(machine, faults) : undefined
    if (flags.value.ble && ble === undefined) trace('no BLE in this build: its manifest has none\n')
    const clock = new DeviceClock()
    const application = new Firmware(
      {
        clock,
        serial: new DeviceSerial(config.uart ?? { device: config.tty }, machine),
        crypto: new DeviceCrypto(machine),
        connect: mqttConnector(resolver, tls),
        hasTls: tls !== undefined,
        wifi: new DeviceWifi(new Radio(machine, faults)),
        queryTime: byAddress(resolver, querySntp),
        storage: new DeviceStorage(faults),
        flash: openFlash(faults),
        system: openSystem(board, machine, faults),
        impulses: impulsePin && openImpulses(board[impulsePin], faults),
        ble,
        portal: {
          listener: deviceListener,
          udp: config.portal.dns ? deviceUdp : undefined,
          port: config.portal.port,
          host: config.portal.host,
          clients: config.portal.clients,
        },
        ac1: machine.openOutput(board.ac1),
        ac2: machine.openOutput(board.ac2),
        led: machine.openOutput(board.led, board.ledActiveLow),
        slots: openSlots(machine, faults),
        image: {
          project: PROJECT,
          chip: config.chip,
          variant: config.mark.slice(config.mark.indexOf('=') + 1, -1),
          version: RELEASE,
        },
        connectTcp: tcpConnector(resolver),
        verifier: deviceVerifier,
        log,
      },
      flags.value,
      true,
    )
    // Putting the parts together takes most of a turn.
    clock.set(() => application.start(), 0)
  } else {
    trace(`build option ${flags.error}\n`)
  }
}
