import type { Soak } from './soak.js'

/** What a kind of fault does to the world; the schedule says when. */
interface Effect {
  begin(soak: Soak, length: number): void
  end?(soak: Soak): void
}

const MINUTE = 60_000

function again(soak: Soak, kind: string, pause: () => number, act: () => void): void {
  const next = () => {
    if (!soak.isActive(kind)) return
    act()
    soak.clock.set(next, pause())
  }
  next()
}

function lineFault(set: (soak: Soak, on: boolean) => void): Effect {
  return { begin: (soak) => set(soak, true), end: (soak) => set(soak, false) }
}

function rejoin({ wifi }: Soak): void {
  wifi.setInRange(wifi.home, false)
  wifi.setInRange(wifi.home, true)
}

export const EFFECTS: Readonly<Record<string, Effect>> = Object.freeze({
  'line silent': lineFault(({ twin }, on) => {
    twin.line.faults.silent = on
  }),
  'line noisy': lineFault(({ twin }, on) => {
    twin.line.faults.noise = on ? 0.01 : 0
  }),
  'line with echo': lineFault(({ twin }, on) => {
    twin.line.faults.echo = on
  }),
  'access point gone': {
    begin: ({ wifi }) => wifi.setInRange(wifi.home, false),
    end: ({ wifi }) => wifi.setInRange(wifi.home, true),
  },
  'weak signal': {
    begin: (soak) => {
      let inRange = true
      again(
        soak,
        'weak signal',
        () => 500 + 9_500 * soak.random() ** 2,
        () => {
          inRange = !inRange
          soak.wifi.setInRange(soak.wifi.home, inRange)
        },
      )
    },
    end: ({ wifi }) => wifi.setInRange(wifi.home, true),
  },
  'DHCP silent': {
    begin: (soak) => {
      soak.wifi.home.dhcp = false
      rejoin(soak)
    },
    end: ({ wifi }) => {
      wifi.home.dhcp = true
    },
  },
  'another Wi-Fi password': {
    begin: (soak) => {
      soak.wifi.home.password = 'another'
      rejoin(soak)
    },
    end: ({ wifi }) => {
      wifi.home.password = 'simulated'
    },
  },
  'DNS dead': {
    begin: ({ broker }) => {
      broker.resolving = false
      broker.cut()
    },
    end: ({ broker }) => {
      broker.resolving = true
    },
  },
  'broker refuses': {
    begin: ({ broker }) => {
      broker.reachable = false
      broker.cut()
    },
    end: ({ broker }) => {
      broker.reachable = true
    },
  },
  'broker silent': {
    begin: ({ broker }) => {
      broker.answering = false
      broker.cut()
    },
    end: ({ broker }) => {
      broker.answering = true
    },
  },
  'broker half-open': {
    begin: ({ broker }) => {
      broker.passing = false
    },
    end: ({ broker }) => {
      broker.passing = true
    },
  },
  'broker forgets': {
    begin: (soak) => {
      soak.broker.reachable = false
      soak.forgetSessions()
    },
    end: ({ broker }) => {
      broker.reachable = true
    },
  },
  'connections break': {
    begin: (soak) =>
      again(
        soak,
        'connections break',
        () => 1_000 + soak.random() * 20_000,
        () => {
          soak.broker.breakAt = soak.broker.packets + Math.floor(soak.random() * 12)
        },
      ),
    end: ({ broker }) => {
      broker.breakAt = Number.POSITIVE_INFINITY
    },
  },
  'time servers silent': {
    begin: ({ twin }) => {
      twin.time.silent = true
    },
    end: ({ twin }) => {
      twin.time.silent = false
    },
  },
  'concentrator away': {
    begin: ({ twin }) => {
      twin.concentrator!.inRange = false
    },
    end: ({ twin }) => {
      twin.concentrator!.inRange = true
    },
  },
  'concentrator silent': {
    begin: ({ twin }) => {
      twin.concentrator!.faults.silent = true
    },
    end: ({ twin }) => {
      twin.concentrator!.faults.silent = false
    },
  },
  'concentrator without power': { begin: ({ twin }) => twin.concentrator!.powerCycle() },
  'bit errors': {
    begin: ({ twin }) => {
      twin.concentrator!.faults.bitErrors = 0.0005
    },
    end: ({ twin }) => {
      twin.concentrator!.faults.bitErrors = 0
    },
  },
  'link lost': { begin: ({ twin }) => twin.concentrator!.loseLink() },
  'connecting hangs': {
    begin: ({ twin }) => {
      twin.concentrator!.faults.connectHangs = true
      twin.concentrator!.loseLink()
    },
    end: ({ twin }) => {
      twin.concentrator!.faults.connectHangs = false
    },
  },
  'power cut': { begin: (soak, length) => soak.powerCut(length) },
  'power flickers': {
    begin: (soak) =>
      again(
        soak,
        'power flickers',
        () => 2_000 + soak.random() * 40_000,
        () => soak.powerCut(500 + soak.random() * 1_000),
      ),
  },
  'power cut in a write': { begin: (soak, length) => soak.powerCutInWrite(length) },
  'power cut behind a command': {
    begin: (soak, length) => {
      for (const name of ['open', 'close', 'ping', 'open']) soak.operator.send(name)
      soak.clock.set(() => soak.powerCut(length), soak.random() * 70_000)
      soak.clock.set(() => soak.operator.send('close'), length + 110_000)
      soak.clock.set(() => soak.stranger.replayAll(), length + 150_000)
    },
  },
  'valve commands': {
    begin: (soak) =>
      again(
        soak,
        'valve commands',
        () => soak.random() * MINUTE,
        () => soak.operator.sendValveCommand(),
      ),
  },
  'burst of commands': {
    begin: (soak) => {
      for (let i = 0; i < 40; i++) soak.clock.set(() => soak.operator.sendAny(), soak.random() * 2_000)
    },
  },
  restart: { begin: (soak) => soak.operator.send('restart') },
  'hostile packets': {
    begin: (soak) =>
      again(
        soak,
        'hostile packets',
        () => soak.random() * 4_000,
        () => soak.stranger.attack(),
      ),
  },
})
