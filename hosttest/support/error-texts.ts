import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What makes an error of its text. */
const ERRORS = ['UsageError', 'NegativeResult']
const MAKERS = ['wrong']
const DECODERS_MAKERS = ['failure']
/** What has such a text, or returns it. */
const PROBLEM = 'problem'

/** The tools, and what of the decoders they print the texts of. */
const FILES = [
  ...filesOf('tools', /\.ts$/),
  ...filesOf('decoders', /(^typed-text|-answer)\.ts$/),
  ...filesOf('decoders/solver', /^answer\.ts$/),
]

/** Functions whose results are such texts. */
const RESULTS = ['unknownText']

/** Tables of reasons that stand behind the name of a broker or of a file. */
const TABLES = ['REFUSALS', 'REASONS', 'READ_REASONS', 'WRITE_REASONS']

/** Stands for what differs from one time to the other. */
const HOLE = '…'

/** The texts with which the tools end, with a hole for what differs, and the file that each stands in. */
export function errorTexts(): Map<string, string> {
  const found = new Map<string, string>()
  for (const name of FILES) {
    const source = ts.createSourceFile(name, readFileSync(join(ROOT, name), 'utf8'), ts.ScriptTarget.ES2022)
    const visit = (node: ts.Node): void => {
      const isError = ts.isNewExpression(node) && ERRORS.includes(node.expression.getText(source))
      const makers = name.startsWith('decoders/') ? DECODERS_MAKERS : MAKERS
      const isMade = ts.isCallExpression(node) && makers.includes(node.expression.getText(source))
      const last = isError ? node.arguments?.[0] : isMade ? node.arguments.at(-1) : undefined
      if (ts.isMethodDeclaration(node) && node.name.getText(source) === PROBLEM)
        for (const text of returnedBy(node)) found.set(text, name)
      if (ts.isVariableDeclaration(node) && TABLES.includes(node.name.getText(source)))
        for (const text of valuesOf(node.initializer)) found.set(text, name)
      const isProblem = ts.isPropertyAssignment(node) && node.name.getText(source) === PROBLEM
      const texts = isProblem ? textsOf(node.initializer) : ts.isFunctionDeclaration(node) ? resultsOf(node) : []
      for (const text of texts) if (/[a-z]{2}/i.test(text)) found.set(text, name)
      for (const text of last === undefined ? [] : textsOf(last))
        if (/[a-z]{2}/i.test(text)) found.set(text.replaceAll('\n', ' '), name)
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  return found
}

/** All that an expression can be, as far as it is written there. */
function textsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text]
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map(({ literal }) => HOLE + literal.text).join('')]
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)]
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression)
  return []
}

/** The texts that a method returns. */
function returnedBy(method: ts.MethodDeclaration): string[] {
  return (method.body?.statements ?? []).flatMap((one) =>
    ts.isReturnStatement(one) && one.expression !== undefined ? textsOf(one.expression) : [],
  )
}

function filesOf(folder: string, names: RegExp): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => names.test(name))
    .map((name) => `${folder}/${name}`)
}

/** What a function of `RESULTS` returns. */
function resultsOf({ name, body }: ts.FunctionDeclaration): string[] {
  if (name === undefined || body === undefined || !RESULTS.includes(name.text)) return []
  const returned: ts.Expression[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression !== undefined) returned.push(node.expression)
    ts.forEachChild(node, visit)
  }
  visit(body)
  return returned.flatMap(textsOf)
}

/** The texts that an object has. */
function valuesOf(node: ts.Expression | undefined): string[] {
  if (node === undefined || !ts.isObjectLiteralExpression(node)) return []
  return node.properties.flatMap((one) => (ts.isPropertyAssignment(one) ? textsOf(one.initializer) : []))
}
