import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { COMMAND } from './cli.js'

const PACKAGING = fileURLToPath(new URL('../../packaging', import.meta.url))

/** What changes a computer or needs another one: it is written down, not done. */
const NOTED = ['apt', 'chown', 'docker', 'esptool.py', 'git', 'journalctl', 'npm', 'systemctl']

/** Folders of the system that scripts write to. */
const SYSTEM = /(?<![\w.-])\/(?:etc|usr\/local\/lib|var\/lib)\//g

/** A folder in which scripts of documents run as they are typed. Files of the system lie below it. */
export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'meterlogger-typed-'))
  #bin = join(this.folder, '.bin')

  constructor() {
    mkdirSync(this.#bin)
    for (const folder of ['etc/systemd/system', 'usr/local/lib/meterlogger', 'var/lib'])
      mkdirSync(join(this.folder, folder), { recursive: true })
    cpSync(PACKAGING, join(this.folder, 'packaging'), { recursive: true })
    cpSync(PACKAGING, this.path('/usr/local/lib/meterlogger/packaging'), { recursive: true })
    this.#tool('sudo', '"$@"')
    this.#tool('npx', `shift; exec '${process.execPath}' '${COMMAND}' "$@"`)
    // Nobody is there who could type a password twice.
    this.#tool(
      'mosquitto_passwd',
      'PATH="$PATH:/usr/sbin"; [ "$1" = -b ] || [ "$2" = -b ] && exec /usr/bin/mosquitto_passwd "$@"; exec /usr/bin/mosquitto_passwd -b "$@" typed',
    )
    for (const name of NOTED) this.#tool(name, `echo "${name} $*" >> '${this.path('noted')}'`)
  }

  /** Where a file is: of the system, or by its name alone in the folder in which the scripts begin. */
  path(name: string): string {
    return join(this.folder, name)
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8')
  }

  write(name: string, text: string | Uint8Array): void {
    mkdirSync(join(this.path(name), '..'), { recursive: true })
    writeFileSync(this.path(name), text)
  }

  /** The commands that were not done, as they were called. */
  noted(): readonly string[] {
    return existsSync(this.path('noted')) ? this.read('noted').trim().split('\n') : []
  }

  /** Runs a script, which ends with its first command that fails. Throws with what it has said where one does. */
  run(script: string): string {
    const text = script.replaceAll(SYSTEM, (path) => `${this.folder}${path}`)
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-e', '-c', text], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { PATH: `${this.#bin}:${process.env.PATH}`, HOME: this.folder },
    })
    if (status !== 0) throw new Error(`${script}\n${stderr}`)
    return stdout
  }

  close(): void {
    rmSync(this.folder, { recursive: true })
  }

  #tool(name: string, script: string): void {
    writeFileSync(join(this.#bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(this.#bin, name), 0o755)
  }
}
