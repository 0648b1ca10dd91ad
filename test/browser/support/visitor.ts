import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { CHROMIUM } from './chromium-path.ts'
import type { Stage } from './stage.ts'
import { type Watch, watch } from './watch.ts'

/** One person's browser: nothing in it, nobody signed in anywhere. */
export interface Visitor {
  readonly context: BrowserContext
  /** The first tab. */
  readonly page: Page
  readonly watch: Watch
  close(): Promise<void>
}

export interface VisitorOptions {
  readonly javaScriptEnabled?: boolean
  /** As every browser that is not driven by a program does. */
  readonly blocksPopups?: boolean
  readonly blocksThirdPartyCookies?: boolean
  /** What the browser asks for, as in `fr-CH`; English unless said. */
  readonly locale?: string
}

const ARGUMENTS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const NO_THIRD_PARTY_COOKIES = '--test-third-party-cookie-phaseout'
const DESKTOP = { width: 1280, height: 800 }

/** Opens a new Chromium with an empty profile, and watches all that it does. */
export async function openVisitor(stage: Stage, options: VisitorOptions = {}): Promise<Visitor> {
  const { blocksPopups, blocksThirdPartyCookies } = options
  const { javaScriptEnabled = true, locale = 'en-US' } = options
  const profile = await mkdtemp(join(tmpdir(), 'dynamics-connect-profile-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: [...ARGUMENTS, ...(blocksThirdPartyCookies ? [NO_THIRD_PARTY_COOKIES] : [])],
    ignoreDefaultArgs: blocksPopups ? ['--disable-popup-blocking'] : [],
    viewport: DESKTOP,
    deviceScaleFactor: 1,
    javaScriptEnabled,
    locale,
  })
  const [page = await context.newPage()] = context.pages()
  return {
    context,
    page,
    watch: watch(context, stage),
    close: async () => {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}
