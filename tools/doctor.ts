import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { RealClock } from '../twin/clock.js'
import { Uart } from '../twin/uart.js'
import { examples } from './conventions.js'
import { NegativeResult } from './errors.js'
import { examine, type Finding } from './examine.js'
import { print } from './print.js'
import { PROBES, type Probe } from './probes.js'
import { Progress } from './progress.js'

export function doctorCommand(): Command {
  return new Command('doctor')
    .requiredOption('--uart <device>', 'the serial line, /dev/ttyUSB0 for one')
    .option('--json', 'the findings as JSON')
    .addHelpText('after', examples('doctor --uart /dev/ttyUSB0'))
    .action(async ({ uart, json }: { uart: string; json?: boolean }) => {
      if (!existsSync(uart))
        throw new NegativeResult(`${uart}: no such device; ls /dev/serial/by-id shows those that there are`)
      let state = ''
      const progress = new Progress(() => state)
      const onProbe = (probe: Probe) => {
        const left = PROBES.slice(PROBES.indexOf(probe)).reduce((sum, { longest }) => sum + longest, 0)
        state = `asks for ${probe.title}; ${Math.ceil(left / 1000)} s at most`
      }
      const examined = new Promise<Finding[]>((resolve, reject) => {
        const port = new Uart(uart, (error) => reject(new NegativeResult(error.message)))
        examine(port, new RealClock(), onProbe).then(resolve, reject)
      })
      const findings = await progress.during(examined)
      if (json) print(JSON.stringify(findings))
      else for (const finding of findings) for (const line of findingLines(finding)) print(line)
      if (!findings.some(({ found }) => found)) throw new NegativeResult(`no meter on ${uart}`)
    })
}

function findingLines({ protocol, found, serial, remarks }: Finding): string[] {
  const title = PROBES.find((probe) => probe.protocol === protocol)!.title
  const head = `${title}: ${found ? `meter ${serial}` : 'no meter'}`
  return [head, ...remarks.map((remark) => `  ${remark}`)]
}
