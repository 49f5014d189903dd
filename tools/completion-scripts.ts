import type { CommandWords, Value } from './completion-tree.js'

const NAME = 'meterlogger'

/** A script for each shell that completes the commands of a tree. */
export const SCRIPTS = { bash, zsh, fish } as const

export type Shell = keyof typeof SCRIPTS

function bash(tree: readonly CommandWords[]): string {
  const values = (isOne: (value: Value) => boolean) =>
    tree.flatMap(({ path, options }) =>
      options
        .filter(({ value }) => value !== undefined && isOne(value))
        .map(({ name, value }) => ({ at: quoted(`${at(path)} ${name}`), value: value! })),
    )
  const patterns = (value: Value) =>
    values((one) => one === value)
      .map((one) => one.at)
      .join('|')
  const choices = values((value) => typeof value !== 'string').map(
    (one) => `    ${one.at}) words=${quoted((one.value as readonly string[]).join(' '))} ;;`,
  )
  const commands = tree.map(({ path, commands, options, argument }) => {
    const words = [...commands.map(({ name }) => name), ...(typeof argument === 'object' ? argument : [])]
    const isFile = argument === 'file' ? ' files=1' : ''
    return `    ${quoted(at(path))}) words=${quoted(words.join(' '))} options=${quoted(options.map(({ name }) => name).join(' '))}${isFile} ;;`
  })
  return `_${NAME}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at='' words='' options='' files='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
    ${pathPatterns(tree).join('|')}) at+=" \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$at \${COMP_WORDS[COMP_CWORD - 1]}" in
${choices.join('\n')}
    ${patterns('file')}) files=1 ;;
    ${patterns('any')}) ;;
    *) case "$at" in
${commands.join('\n')}
    esac ;;
  esac
  if [[ $cur == -* || -z $words$files ]]; then words+=" $options"; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ -n $files && $cur != -* ]]; then
    local IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen -f -- "$cur"))
  fi
}
complete -F _${NAME} ${NAME}`
}

function zsh(tree: readonly CommandWords[]): string {
  const functions = tree.map(({ path, commands, options, argument }) => {
    const name = ['', NAME, ...path].join('_')
    const specs = options.map((one) => `${one.name}[${zshText(one.description)}]${zshValue(one.value)}`)
    if (commands.length === 0)
      return `${name}() {
  _arguments ${[...specs, ...(argument === undefined ? [] : [`*${zshValue(argument)}`])].map(quoted).join(' \\\n    ')}
}`
    return `${name}() {
  local curcontext="$curcontext" state
  local -a commands
  commands=(${commands.map((one) => quoted(`${one.name}:${one.description}`)).join('\n    ')})
  _arguments -C ${specs.map(quoted).join(' ')} '1: :->command' '*:: :->rest'
  case $state in
    command) _describe command commands ;;
    rest) (( $+functions[${name}_$words[1]] )) && ${name}_$words[1] ;;
  esac
}`
  })
  return `#compdef ${NAME}
${functions.join('\n')}
if [[ $funcstack[1] == _${NAME} ]]; then _${NAME} "$@"; else compdef _${NAME} ${NAME}; fi`
}

function zshText(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&')
}

function zshValue(value: Value | undefined): string {
  if (value === undefined) return ''
  if (value === 'file') return ':file:_files'
  return value === 'any' ? ':value: ' : `:value:(${value.join(' ')})`
}

function fish(tree: readonly CommandWords[]): string {
  const lines = tree.flatMap(({ path, commands, options, argument }) => {
    const here = `complete -c ${NAME} -n ${fishQuoted(`__${NAME}_at ${fishQuoted(at(path))}`)}`
    return [
      ...commands.map((one) => `${here} -a ${one.name} -d ${fishQuoted(one.description)}`),
      ...options.map(
        (one) => `${here} -l ${one.name.slice(2)}${fishValue(one.value)} -d ${fishQuoted(one.description)}`,
      ),
      ...(argument === 'file' ? [`${here} -F`] : []),
      ...(typeof argument === 'object' ? [`${here} -a ${fishQuoted(argument.join(' '))}`] : []),
    ]
  })
  return `function __${NAME}_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    switch "$at $word"
      case ${pathPatterns(tree).join(' ')}
        set at "$at $word"
    end
  end
  test "$at" = "$argv"
end
complete -c ${NAME} -f
${lines.join('\n')}`
}

function fishQuoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}

function fishValue(value: Value | undefined): string {
  if (value === undefined) return ''
  if (value === 'file') return ' -r -F'
  return value === 'any' ? ' -x' : ` -x -a ${fishQuoted(value.join(' '))}`
}

/** Where a command line is: the names of its commands, each after a blank. */
function at(path: readonly string[]): string {
  return path.map((name) => ` ${name}`).join('')
}

function pathPatterns(tree: readonly CommandWords[]): string[] {
  return tree.filter(({ path }) => path.length > 0).map(({ path }) => quoted(at(path)))
}

function quoted(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`
}
