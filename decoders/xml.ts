import sax from 'sax'
import { failure, type Result, success } from '../modules/codec/result.js'

export interface XmlHandlers {
  open?(name: string): void
  /** Called with the text right before the end tag. */
  close(name: string, text: string): void
  /** How much of the text is read, 0 to 1. */
  progress?(share: number): void
}

/** Characters between two words of progress. */
const PIECE = 262_144

/** Reads well-formed XML element by element and drops namespaces from names. An error is one line. */
export function readXml(xml: string, { open, close, progress }: XmlHandlers): Result<undefined> {
  const parser = sax.parser(true)
  let text = ''
  let error: string | undefined
  parser.onopentag = ({ name }) => {
    text = ''
    open?.(localName(name))
  }
  parser.ontext = parser.oncdata = (part) => {
    text += part
  }
  parser.onclosetag = (name) => {
    close(localName(name), text)
    text = ''
  }
  parser.onerror = ({ message }) => {
    error ??= message.split('\n')[0]!
    throw parser.error
  }
  try {
    for (let at = 0; at < xml.length; at += PIECE) {
      progress?.(at / xml.length)
      parser.write(xml.slice(at, at + PIECE))
    }
    parser.close()
  } catch (thrown) {
    return failure(error ?? (thrown as Error).message.split('\n')[0]!)
  }
  return success(undefined)
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
