import { renderedDocuments } from './files.js'
import { copyFile } from './markdown.js'

/** The files that the documents show or link to: by their names in the site, from where in the repository. */
export function copiesOf(): ReadonlyMap<string, string> {
  const paths = [...renderedDocuments().values()].flatMap(({ files }) => files)
  return new Map([...new Set(paths)].map((path) => [copyFile(path), path]))
}
