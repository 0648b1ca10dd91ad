import { describe } from 'vitest'
import { consoleTextsOf } from '../../../functions/console/words.ts'
import { languageFilesSuite } from '../support/language-files.ts'

const RUNBOOK = 'health.runbook_title'
const CODES = [RUNBOOK, 'health.code', 'connection.code']
const LINK = 'connection.made.label'
const LOGO = 'setup.brand.logo'
const CONSOLE = 'shell.title'

describe('the words of the console', () => {
  languageFilesSuite({
    folder: 'functions/console/words',
    textsOf: consoleTextsOf,
    placeholders: [
      ...['{account}', '{article}', '{before}', '{code}', '{count}', '{date}', '{days}', '{file}'],
      ...['{host}', '{id}', '{issuer}', '{line}', '{link}', '{most}', '{name}', '{origin}'],
      ...['{partner}', '{setting}', '{size}', '{text}', '{time}', '{until}', '{user}', '{who}'],
    ],
    withAddress: ['setup.origins.help', 'setup.origins.what_to_write', 'access.issuer_help'],
    sameAsEnglish: {
      en: [],
      de: [
        RUNBOOK,
        'health.code',
        'connections.create.name',
        'connection.code',
        'connection.name',
        LINK,
        'connection.rename.name',
        'setup.brand.name',
        LOGO,
      ],
      nl: [CONSOLE, 'sign_in.id', ...CODES, 'connection.link.week', LOGO, 'access.id'],
      da: ['sign_in.id', RUNBOOK, LINK, LOGO, 'access.id'],
      fr: [
        CONSOLE,
        'sign_in.secret',
        ...CODES,
        'connection.description',
        'connection.link.five_minutes',
        LOGO,
        'access.secret',
      ],
      es: [],
      pt: [CONSOLE, LINK],
      it: [
        CONSOLE,
        'connections.account',
        'connections.create.account',
        'connection.account',
        LOGO,
        'access.account',
      ],
      ja: [],
      'zh-Hans': [],
    },
  })
})
