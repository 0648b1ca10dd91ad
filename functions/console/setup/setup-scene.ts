import type { Connection } from '../../domain/connection.ts'
import type { PartnerSettings } from '../../domain/partner-settings.ts'
import type { AppBreaker } from '../../domain/refresh-brakes.ts'
import type { Words } from '../../http/components.ts'
import { CALLBACK_PATH } from '../../http/routes.ts'
import type { SignedInVisit } from '../visit.ts'
import type { ConsoleTexts } from '../words.ts'
import type { Deployment, SetupDependencies } from './dependencies.ts'

/** The account of the partner's own tries. */
export const TEST_ACCOUNT = 'test'

/** More tries than are shown. */
const MOST_TRIES = 10

/** The steps of the set-up, in the order in which a person does them. */
export const STEPS = [
  'reply_url',
  'register',
  'credential',
  'check',
  'origins',
  'brand',
  'test',
] as const

export type StepName = (typeof STEPS)[number]

/** A form that was not taken, as it comes back. */
export interface ReturnedForm {
  readonly step: StepName
  /** What was typed, without anything secret, by the fields' names. */
  readonly typed: ReadonlyMap<string, string>
  /** What is wrong and how to put it right, by the fields' names. */
  readonly errors: Readonly<Partial<Record<string, Words>>>
  /** What there is to say about the form as a whole. */
  readonly notice?: Words
}

/** All that the page of the set-up is made of. */
export interface SetupScene {
  readonly visit: SignedInVisit
  readonly words: ConsoleTexts['setup']
  readonly deployment: Deployment
  readonly replyUrl: string
  readonly settings: PartnerSettings
  readonly appBreaker: AppBreaker | undefined
  /** The latest tries with an account, connected or not. */
  readonly tries: readonly Connection[]
  readonly returned: ReturnedForm | undefined
  readonly now: Date
}

/** One step as it is shown. */
export interface Step {
  readonly name: StepName
  readonly isDone: boolean
  readonly content: Words
}

/** Reads what the page shows. */
export async function setupScene(
  deps: SetupDependencies,
  visit: SignedInVisit,
  returned?: ReturnedForm,
): Promise<SetupScene> {
  const page = { page: 1, pageSize: MOST_TRIES, ascending: false }
  const [settings, appBreaker, tries] = await Promise.all([
    deps.partnerSettings.read(),
    deps.readAppBreaker(),
    deps.connections.list(TEST_ACCOUNT, page),
  ])
  const { deployment } = deps
  const replyUrl = `${deployment.publicUrl}${CALLBACK_PATH}`
  const words = visit.words.setup
  const now = deps.now()
  return { visit, words, deployment, replyUrl, settings, appBreaker, tries, returned, now }
}

/** What the fields of one step show: as they came back, or else what they begin with. */
export function fieldsOfStep(
  { returned }: SetupScene,
  step: StepName,
): {
  readonly shown: (name: string, otherwise?: string) => string
  readonly errorOf: (name: string) => Words | undefined
  readonly notice: Words | undefined
} {
  const own = returned?.step === step ? returned : undefined
  return {
    shown: (name, otherwise = '') => (own ? (own.typed.get(name) ?? '') : otherwise),
    errorOf: (name) => own?.errors[name],
    notice: own?.notice,
  }
}
