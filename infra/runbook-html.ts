import { Marked } from 'marked'

/** What a heading is found by, as the links of the Markdown have it. */
function idOf(heading: string): string {
  const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
  return words.trim().replaceAll(/\s+/g, '-')
}

/**
 * The runbook as the console shows it: without its title, which the page brings, with an id at each heading,
 * and tables that scroll by themselves. What links into the repository becomes plain words.
 */
export function runbookHtml(markdown: string): string {
  const marked = new Marked({ gfm: true, async: false })
  marked.use({
    renderer: {
      heading({ tokens, depth, text }) {
        if (depth === 1) return ''
        return `<h${depth} id="${idOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens)
        if (/^#[\w-]+$/.test(href)) return `<a href="${href}">${words}</a>`
        const isAway = href.startsWith('https://')
        return isAway ? `<a href="${href}" rel="noopener noreferrer">${words}</a>` : words
      },
      table(token) {
        const row = (cells: typeof token.header, element: 'th' | 'td') =>
          cells.map(({ tokens }) => cell(element, this.parser.parseInline(tokens))).join('')
        const body = token.rows.map((cells) => `<tr>${row(cells, 'td')}</tr>`).join('\n')
        const head = `<thead><tr>${row(token.header, 'th')}</tr></thead>`
        return `<div class="scroll" tabindex="0"><table>${head}<tbody>\n${body}</tbody></table></div>\n`
      },
    },
  })
  return String(marked.parse(markdown))
}

function cell(element: 'th' | 'td', content: string): string {
  return element === 'th' ? `<th scope="col">${content}</th>` : `<td>${content}</td>`
}
