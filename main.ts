import { Application } from 'app/application'
import { type Flags, parseFlags } from 'app/flags'
import { openBle } from 'device/ble'
import { DeviceClock } from 'device/clock'
import { deviceCrypto } from 'device/crypto'
import { openFlash } from 'device/flash'
import { openImpulses } from 'device/impulse'
import { deviceListener } from 'device/listener'
import { openOutput } from 'device/machine'
import { connectDevice } from 'device/mqtt'
import { DeviceSerial } from 'device/serial'
import { deviceStorage } from 'device/storage'
import { openSystem } from 'device/system'
import { querySntp } from 'device/time'
import { deviceUdp } from 'device/udp'
import { DeviceWifi } from 'device/wifi'
import config from 'mc/config'

/** Composes the firmware from the SDK's adapters and starts it; the host calls this at power-on. */
export default function main(): void {
  const flags = parseFlags(config)
  const { board } = config
  if (flags.ok) {
    const ble = flags.value.ble ? openBle() : undefined
    if (flags.value.ble && ble === undefined) trace('no BLE in this build: its manifest has none\n')
    const application = new Application(
      {
        clock: new DeviceClock(),
        serial: new DeviceSerial(config.uart ?? { device: config.tty }),
        crypto: deviceCrypto,
        connect: connectDevice,
        wifi: new DeviceWifi(),
        queryTime: querySntp,
        storage: deviceStorage,
        flash: openFlash(),
        system: openSystem(board),
        impulses: flags.value.meter === 'impulse' ? openImpulses(impulsePin(flags.value)) : undefined,
        ble,
        portal: {
          listener: deviceListener,
          udp: config.portal.dns ? deviceUdp : undefined,
          port: config.portal.port,
          host: config.portal.host,
          clients: config.portal.clients,
        },
        ac1: openOutput(board.ac1),
        ac2: openOutput(board.ac2),
        led: openOutput(board.led, board.ledActiveLow),
        log: flags.value.debug ? (text) => trace(`${text}\n`) : () => {},
      },
      flags.value,
    )
    application.start()
  } else {
    trace(`build option ${flags.error}\n`)
  }
}

function impulsePin({ impulseDevBoard }: Flags): number {
  return impulseDevBoard ? config.board.impulseDevBoard : config.board.impulse
}
