import './no-config.js'
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Node loads this first. It ends the child when its parent is gone, however the parent died. */
const END_WITH_PARENT = `data:text/javascript,${encodeURIComponent(
  "process.on('disconnect', () => process.exit()); process.channel.unref()",
)}`

/** Does the same for other programs: a shell asks them to end when its standard input closes. */
export const END_WITH_INPUT =
  'exec 3<&0; "$@" 3<&- & child=$!; { cat <&3; kill $child; } >/dev/null 2>&1 & exec 3<&-; wait $child'

/**
 * The programs that the tests of a suite start, each in a process group of its own. They are killed after the test that
 * started them, however it ends, and end by themselves when the test run is killed. To be made within `describe`.
 */
export class Children {
  #alive = new Set<ChildProcess>()

  constructor() {
    afterEach(() => Promise.all([...this.#alive].map(kill)))
  }

  /** Runs Node. */
  node(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams {
    const child = spawn(process.execPath, ['--import', END_WITH_PARENT, ...args], {
      env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    })
    return this.#own(child as ChildProcessWithoutNullStreams)
  }

  /** Runs a program; it gets SIGTERM when the child's standard input is ended. */
  program(command: string, ...args: readonly string[]): ChildProcessWithoutNullStreams {
    return this.#own(spawn('/bin/sh', ['-c', END_WITH_INPUT, 'sh', command, ...args], { detached: true }))
  }

  #own(child: ChildProcessWithoutNullStreams): ChildProcessWithoutNullStreams {
    this.#alive.add(child)
    child.once('exit', () => {
      this.#alive.delete(child)
      child.stdin.destroy()
    })
    // A write to a child that has ended fails; the end of the child is what the test looks at.
    child.stdin.on('error', () => {})
    return child
  }
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  process.kill(-child.pid!, 'SIGKILL')
  await exited
}
