import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { questions } from './questions.mjs'

const docs = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/**
 * The address of the repository's files, such as 'https://git.example/sdk-java/blob/main', and the path under which the site is
 * served. Until the first is set, links to source files are shown as plain text.
 */
const repository = process.env.DOCS_REPOSITORY ?? ''
const base = process.env.DOCS_BASE ?? '/'

const file = link => path.join(docs, `${link.replace(/\/$/, '/index')}.md`)
const title = name => fs.readFileSync(name, 'utf8').match(/^# (.+)$/m)[1]

const decisions = fs.readdirSync(path.join(docs, 'decisions')).filter(name => name.endsWith('.md')).sort()
const sidebar = [
  ...questions.map(({ question, pages }) => ({
    text: question,
    collapsed: false,
    items: pages.map(link => ({ text: title(file(link)), link })),
  })),
  {
    text: 'Why is it like this?',
    collapsed: true,
    items: decisions.map(name => ({
      text: title(path.join(docs, 'decisions', name)),
      link: `/decisions/${name.replace(/\.md$/, '')}`,
    })),
  },
]

const listed = questions.flatMap(({ pages }) => pages)
const missing = fs.readdirSync(path.join(docs, 'guides')).map(name => `/guides/${name.replace(/\.md$/, '')}`)
  .filter(link => !listed.includes(link))
if (missing.length > 0) {
  throw new Error(`Not in docs/.vitepress/questions.mjs: ${missing.join(', ')}`)
}

/** An anchor on a line of its own becomes the name of the heading below it, which would have another or the same. */
function namedHeadings(md) {
  md.core.ruler.before('anchor', 'named-headings', ({ tokens }) => {
    for (let i = tokens.length - 4; i >= 0; i--) {
      const anchor = tokens[i + 1].content.match(/^<a id="([\w-]+)"><\/a>$/)
      if (tokens[i].type === 'paragraph_open' && anchor && tokens[i + 3].type === 'heading_open') {
        tokens[i + 3].attrSet('id', anchor[1])
        tokens.splice(i, 3)
      }
    }
  })
}

/** Headings have the anchors that they have in the repository, where the same links are followed. */
const slugify = heading => heading.trim().toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, '').replace(/ /g, '-')

/** A diagram is part of the page, so that it has the page's colors in light and in dark. */
function inlineDiagrams(md) {
  const image = md.renderer.rules.image
  md.renderer.rules.image = (tokens, i, options, env, self) => {
    const source = tokens[i].attrGet('src')
    if (!source.endsWith('.svg')) {
      return image(tokens, i, options, env, self)
    }
    return fs.readFileSync(path.resolve(path.dirname(env.path), source), 'utf8')
      .replace(/<style>.*?<\/style>\s*/s, '')
      .replace('<svg ', '<svg class="diagram" ')
  }
}

/** A link to a file that is no page leads to the repository. */
function linksToSources(md) {
  const isSource = (href, env) => {
    const target = path.resolve(path.dirname(env.path), href.replace(/#.*/, ''))
    const outside = !/^[a-z]+:|^[#/]/.test(href) && path.relative(docs, target).startsWith('..')
    if (outside && !fs.existsSync(target)) {
      throw new Error(`${env.path}: there is no ${href}`)
    }
    return outside
  }
  md.core.ruler.push('links-to-sources', ({ tokens, env }) => {
    for (const { children } of tokens.filter(token => token.type === 'inline')) {
      for (let i = 0; i < children.length; i++) {
        const href = children[i].type === 'link_open' ? children[i].attrGet('href') : ''
        if (href && isSource(href, env)) {
          const target = path.relative(path.dirname(docs), path.resolve(path.dirname(env.path), href))
          if (repository) {
            children[i].attrSet('href', `${repository}/${target.split(path.sep).join('/')}`)
          } else {
            const end = children.findIndex((child, at) => at > i && child.type === 'link_close')
            children[i].type = children[end].type = 'text'
            children[i].tag = children[end].tag = ''
            children[i].content = children[end].content = ''
            children[i].nesting = children[end].nesting = 0
          }
        }
      }
    }
  })
}

export default {
  title: 'Ampersand SDK for Java',
  description: 'Salesforce OAuth for back ends: provider apps, consent, and tokens that stay fresh.',
  lang: 'en-US',
  base,
  outDir: '../target/site-docs',
  cacheDir: '../target/site-docs-cache',
  lastUpdated: false,
  ignoreDeadLinks: [/^\/javadoc\//], // check-links.mjs looks for it
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    anchor: { slugify },
    config(md) {
      namedHeadings(md)
      inlineDiagrams(md)
      linksToSources(md)
    },
  },
  /** docs/build has made the javadoc; without it, check-links.mjs fails. */
  buildEnd({ outDir }) {
    const javadoc = path.join(docs, '../target/reports/apidocs')
    if (fs.existsSync(javadoc)) {
      fs.cpSync(javadoc, path.join(outDir, 'javadoc'), { recursive: true })
    }
  },
  themeConfig: {
    nav: [
      { text: 'Guides', link: '/', activeMatch: '^/(index|guides/|$)' },
      { text: 'Errors', link: '/errors' },
      { text: 'Javadoc', link: '/javadoc/index.html', target: '_self' },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
    docFooter: { prev: false, next: false },
    externalLinkIcon: true,
  },
}
