import { EXAMPLES, exampleOf } from '../../tools/examples.js'
import { byId } from '../dom.js'
import { showParts } from '../parts.js'
import { Tool } from './tool.js'
import { Workbench } from './workbench.js'

const isInDocument = showParts()
const workbench = new Workbench()
const tools = new Map(
  [...document.querySelectorAll<HTMLFormElement>('form[data-tool]')].map((form) => {
    const tool = new Tool(form, workbench)
    return [tool.name, tool]
  }),
)
for (const example of Object.values(EXAMPLES)) tools.get(example.tool)?.offer(example)

byId('from-disk').hidden = location.protocol !== 'file:'
addEventListener('hashchange', showExample)
showExample()
// A browser may keep a page that somebody comes back to, with all that stands in it.
addEventListener('pagehide', () => {
  for (const tool of tools.values()) tool.clear()
})

/** Shows the example that a link names. */
function showExample(): void {
  const example = exampleOf(location.hash)
  if (example === undefined) return
  const tool = tools.get(example.tool)
  tool?.show(example)
  // The document would move, too.
  if (!isInDocument) byId(example.tool).scrollIntoView()
}
