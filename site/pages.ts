/**
 * The pages in the head of every page, in this order. A page that is added has a line here, and its files in
 * `site/files.ts`.
 */
export const PAGES = Object.freeze([
  { file: 'index.html', name: 'Try it' },
  { file: 'tools.html', name: 'Tools' },
  { file: 'flash.html', name: 'Flash' },
  { file: 'docs/index.html', name: 'Documentation' },
] as const)
