import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { compareReleases } from '../modules/update/release.js'
import { checkImageSize, runBuild } from './build.js'
import { UsageError } from './errors.js'
import { print, say } from './print.js'
import { makeFiles } from './release-files.js'
import { runScript } from './script.js'
import { readPrivateKey } from './update-key.js'

/** The files that state the version, each with a pattern whose second group is the version. */
const PLACES = {
  'package.json': /("name": "meterlogger",\n +"version": ")([^"]+)/g,
  'package-lock.json': /("name": "meterlogger",\n +"version": ")([^"]+)/g,
  'modules/app/version.ts': /(RELEASE = ')([^']+)/g,
  'manifests/sdkconfig/sdkconfig.defaults': /(CONFIG_APP_PROJECT_VER=")([^"]+)/g,
} as const
const CHANGELOG = 'CHANGELOG.md'
const UNRELEASED = '## [Unreleased]\n'

/** The text of each file that a release changes, by its path from the root of the repository. */
export type Texts = Readonly<Record<keyof typeof PLACES | typeof CHANGELOG, string>>

const PATHS = [...Object.keys(PLACES), CHANGELOG] as (keyof Texts)[]

/** Reads the files that a release changes. */
export function readTexts(folder: string): Texts {
  return Object.fromEntries(PATHS.map((path) => [path, readFileSync(join(folder, path), 'utf8')])) as Texts
}

/**
 * The version that all files state, and whether the changelog has it as a release. Throws `UsageError` when a file states
 * no version or another one, or when the changelog's newest release is another version.
 */
export function presentVersion(texts: Texts): { version: string; isReleased: boolean } {
  const stated = Object.entries(PLACES).flatMap(([path, pattern]) => {
    const found = [...texts[path as keyof Texts].matchAll(pattern)].map((match) => ({ path, version: match[2]! }))
    if (found.length === 0) throw new UsageError(`${path}: expected a version, found none`)
    return found
  })
  const { version } = stated[0]!
  for (const other of stated)
    if (other.version !== version)
      throw new UsageError(`${other.path}: expected ${version} as in package.json, got ${other.version}`)
  const newest = /^## \[([0-9][^\]]*)\]/m.exec(texts[CHANGELOG])?.[1]
  if (newest !== undefined && newest !== version)
    throw new UsageError(`${CHANGELOG}: expected ${version} as in package.json for its newest release, got ${newest}`)
  return { version, isReleased: newest !== undefined }
}

/**
 * The files as they are after a release.
 * @param version `X.Y.Z`, above the present version; the present version itself as long as it is not released
 * @param date `YYYY-MM-DD`
 * @throws UsageError when the files disagree, the version is out of turn or the changelog has nothing unreleased
 */
export function released(texts: Texts, version: string, date: string): Texts {
  if (!/^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(version)) throw new UsageError(`expected X.Y.Z, got "${version}"`)
  const present = presentVersion(texts)
  const step = compareReleases(version, present.version)
  if (step < 0 || (step === 0 && present.isReleased))
    throw new UsageError(`expected a version above ${present.version}, got ${version}`)
  const changelog = texts[CHANGELOG]
  const [before, after = ''] = changelog.split(UNRELEASED)
  const notes = after.split(/^## /m)[0]!.replace(/^### .*/gm, '')
  if (notes.trim() === '')
    throw new UsageError(`${CHANGELOG}: expected changes below "${UNRELEASED.trim()}", found none`)
  return {
    ...(Object.fromEntries(
      Object.entries(PLACES).map(([path, pattern]) => [
        path,
        texts[path as keyof Texts].replace(pattern, `$1${version}`),
      ]),
    ) as Omit<Texts, typeof CHANGELOG>),
    [CHANGELOG]: `${before}${UNRELEASED}\n## [${version}] - ${date}\n${after}`,
  }
}

/**
 * Writes the version to every file of the checkout in `folder`. Throws `UsageError`, before it writes anything, when the
 * checkout has changes that are not committed and for the reasons of `released`.
 */
export function release(folder: string, version: string, date: string): void {
  const changes = execFileSync('git', ['status', '--porcelain'], { cwd: folder, encoding: 'utf8' })
  if (changes !== '') throw new UsageError(`expected a checkout without changes, got\n${changes.trimEnd()}`)
  const texts = released(readTexts(folder), version, date)
  for (const path of PATHS) writeFileSync(join(folder, path), texts[path])
}

/** `npm run release -- X.Y.Z`. */
const program = new Command()
  .name('npm run release --')
  .description('write a version to every place that states it and to the changelog; build and sign what boards get')
  .argument('<version>', 'X.Y.Z')
  .option('--private-key <file>', 'sign the images with this key of update keygen, PEM')
  .addHelpText(
    'after',
    `
Builds an image of each board, with BLE and without. Build options come from the environment, but nothing that belongs to one
board: the images do for all boards, and each has its key in flash. What cannot be built on this computer is named and left
out.`,
  )
  .action((version: string, options: { privateKey?: string }) => {
    const privateKey = options.privateKey === undefined ? undefined : readPrivateKey(options.privateKey)
    release(process.cwd(), version, new Date().toISOString().slice(0, 10))
    const out = join('build', `release-${version}`)
    const left = makeFiles({ version, out, privateKey, env: process.env }, (plan) => {
      runBuild(plan)
      say(checkImageSize(plan))
      return { image: readFileSync(plan.image), bootLoader: readFileSync(plan.bootLoader) }
    })
    for (const reason of left) say(`left out: ${reason}`)
    print(`${out}: ${readdirSync(out).join(', ')}
${PATHS.join(', ')}: ${version}. Look at git diff, then:
  npm test
  git commit -am 'Release ${version}'
  git tag -a v${version} -m 'Release ${version}'
  git push --follow-tags`)
  })

if (process.argv[1] === fileURLToPath(import.meta.url)) await runScript(program)
