import { measure } from './figures.js'

void measure('empty', () => {})
