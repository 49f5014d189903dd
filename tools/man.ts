import { wholeProgram } from './main.js'
import { manPage } from './man-page.js'
import { print } from './print.js'

/** Prints the manual page; `npm run prepare` keeps it. */
print(manPage(await wholeProgram()))
