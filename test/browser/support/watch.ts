import type { BrowserContext, ConsoleMessage, Response } from 'playwright-core'
import type { Stage } from './stage.ts'

/** What is noticed of everything that a browser does. */
export interface Watch {
  /** What must not happen, in words. */
  problems(): readonly string[]
  /** A problem that a test provokes on purpose. */
  tolerate(pattern: RegExp): void
  /** The paths that the service answered, and how. */
  readonly answers: readonly Answer[]
}

export interface Answer {
  readonly status: number
  readonly path: string
}

const WANTED_HEADERS: Readonly<Record<string, RegExp>> = {
  'cache-control': /^no-store$/,
  'referrer-policy': /^no-referrer$/,
  'x-content-type-options': /^nosniff$/,
  'content-security-policy': /^default-src 'none';(?!.*unsafe-)/,
}

/** What is no page is to be kept for a while: scripts, styles and the description of the API. */
const WANTED_HEADERS_OF_FILE: typeof WANTED_HEADERS = {
  'cache-control': /^public, max-age=\d+(, immutable)?$/,
  'x-content-type-options': /^nosniff$/,
}

const FILES = /^\/(connect\.js|openapi\.json|docs\/.+)$/

/** Where Chromium says an answer came from that it does not show in a frame. */
const REFUSED_FRAME = 'chrome-error://chromewebdata/'

/**
 * Watches for errors on the console (a violated Content-Security-Policy is one), uncaught exceptions,
 * requests to anybody but the three parties, and answers of the service without its security headers.
 */
export function watch(context: BrowserContext, stage: Stage): Watch {
  const { partnerSite, allowedOrigins, microsoftUrl, serviceUrl } = stage
  const parties = [serviceUrl, microsoftUrl, ...allowedOrigins, partnerSite.strangerOrigin]
  const found: string[] = []
  const tolerated: RegExp[] = []
  const answers: Answer[] = []
  const navigations = new Set<string>()
  context.on('request', (request) => {
    const { origin, pathname } = new URL(request.url())
    if (request.isNavigationRequest()) navigations.add(request.url())
    if (!parties.includes(origin)) found.push(`asked a stranger: ${origin}${pathname}`)
  })
  context.on('console', (message) => {
    if (isError(message, navigations)) found.push(`the console says: ${message.text()}`)
  })
  context.on('weberror', (error) => found.push(`a script failed: ${error.error().message}`))
  context.on('response', (response) => {
    const { origin, pathname } = new URL(response.url())
    if (origin !== serviceUrl) return
    answers.push({ status: response.status(), path: pathname })
    found.push(...missingHeaders(response).map((name) => `${pathname} came without ${name}`))
  })
  return {
    problems: () => found.filter((problem) => !tolerated.some((pattern) => pattern.test(problem))),
    tolerate: (pattern) => tolerated.push(pattern),
    answers,
  }
}

/** That a page's own answer was 403, or did not come, is for the test to judge. */
function isError(message: ConsoleMessage, navigations: ReadonlySet<string>): boolean {
  if (message.type() !== 'error') return false
  const [url = ''] = message.location().url.split('#')
  const isAboutPage = navigations.has(url) || url === REFUSED_FRAME
  return !(isAboutPage && message.text().startsWith('Failed to load resource'))
}

function missingHeaders(response: Response): readonly string[] {
  const headers = response.headers()
  const isFile = FILES.test(new URL(response.url()).pathname)
  return Object.entries(isFile ? WANTED_HEADERS_OF_FILE : WANTED_HEADERS)
    .filter(([name, wanted]) => !wanted.test(headers[name] ?? ''))
    .map(([name]) => name)
}
