// Checks the links of the built site: pages, anchors, images, and the anchors that exception messages name.
// Addresses of other sites are checked for their form only: node docs/check-links.mjs [directory]
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const site = path.resolve(process.argv[2] ?? path.join(root, 'target/site-docs'))
const base = process.env.DOCS_BASE ?? '/'
const problems = []

const walk = directory => fs.readdirSync(directory, { recursive: true }).map(name => path.join(directory, name))
const unescape = text => text.replace(/&amp;/g, '&').replace(/&quot;/g, '"').replace(/&#39;/g, "'")
const all = (text, pattern) => [...text.matchAll(pattern)].map(found => unescape(found[1]))

const pages = new Map()
function page(name) {
  if (!pages.has(name)) {
    const html = fs.readFileSync(name, 'utf8').replace(/<script\b.*?<\/script>/gs, '')
    pages.set(name, { ids: all(html, /\sid="([^"]*)"/g), links: all(html, /\s(?:href|src)="([^"]*)"/g) })
  }
  return pages.get(name)
}

function problemOf(link, from) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) {
    if (link === 'data:,') {
      return ''
    }
    const local = /^http:\/\/(localhost|127\.0\.0\.1)([:/]|$)/.test(link)
    return URL.canParse(link) && (link.startsWith('https://') || local) ? '' : 'is no https address'
  }
  const [target, anchor] = link.split('#')
  const relative = target.startsWith(base) ? path.join(site, target.slice(base.length)) : path.resolve(path.dirname(from), target)
  let name = target === '' ? from : decodeURI(relative.replace(/[?].*/, ''))
  if (fs.existsSync(name) && fs.statSync(name).isDirectory()) {
    name = path.join(name, 'index.html')
  }
  if (!name.startsWith(site + path.sep) || !fs.existsSync(name)) {
    return 'leads nowhere'
  }
  return anchor && !page(name).ids.includes(decodeURIComponent(anchor)) ? 'names no anchor of that page' : ''
}

const own = walk(site).filter(name => name.endsWith('.html') && !name.startsWith(path.join(site, 'javadoc') + path.sep))
let count = 0
for (const name of own) {
  const shown = path.relative(site, name)
  for (const link of page(name).links) {
    count++
    const problem = problemOf(link, name)
    if (problem) {
      problems.push(`${shown}: ${link} ${problem}`)
    }
  }
  for (const id of new Set(page(name).ids.filter((each, at, ids) => ids.indexOf(each) !== at))) {
    problems.push(`${shown}: the anchor ${id} is there twice`)
  }
}

// Messages end with "see errors.md#…": the ids of the catalog, of which ErrorsPageTest makes docs/errors.md.
const catalog = path.join(root, 'sdk-salesforce/src/main/java/com/withampersand/sdk/salesforce/error/ErrorEntry.java')
const topics = all(fs.readFileSync(catalog, 'utf8'), /\b(?:signIn|token|call)\(\s*"([a-z0-9-]+)"/g)
const errors = page(path.join(site, 'errors.html')).ids
if (topics.length !== all(fs.readFileSync(path.join(root, 'docs/errors.md'), 'utf8'), /<a id="([^"]+)"/g).length) {
  problems.push(`${topics.length} errors in ErrorEntry are not those of docs/errors.md`)
}
problems.push(...topics.filter(id => !errors.includes(id)).map(id => `errors.html: no anchor ${id}, which exception messages name`))

// The others end with "see guides/when-it-fails.md#…"; DocPageTest compares the anchors with the exceptions.
const kinds = all(fs.readFileSync(path.join(root, 'docs/guides/when-it-fails.md'), 'utf8'), /<a id="([^"]+)"/g)
const failures = page(path.join(site, 'guides/when-it-fails.html')).ids
problems.push(...kinds.filter(id => !failures.includes(id)).map(id => `when-it-fails.html: no anchor ${id}, which exception messages name`))

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
console.log(`${own.length} pages, ${count} links, ${topics.length + kinds.length} errors that messages name: no link is broken`)
