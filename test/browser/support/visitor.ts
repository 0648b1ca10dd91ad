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
const DESKTOP = { width: 1280, height: 800 }

/** Opens a new Chromium with an empty profile, and watches all that it does. */
export async function openVisitor(stage: Stage, options: VisitorOptions = {}): Promise<Visitor> {
  const profile = await mkdtemp(join(tmpdir(), 'dynamics-connect-profile-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: ARGUMENTS,
    viewport: DESKTOP,
    deviceScaleFactor: 1,
    ...options,
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
