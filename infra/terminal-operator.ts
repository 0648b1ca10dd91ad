import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { ClientCertificate } from '../functions/domain/client-certificate.ts'
import { clientIdProblem, clientSecretProblem, endsOnProblem } from './entra-credential.ts'
import type { Operator } from './setup-steps.ts'

/** The variables that answer the questions beforehand. */
export interface PreparedAnswers {
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  /** Empty where it is not known. */
  readonly endsOn: string | undefined
  /** How the app proves itself, if not by a client secret. */
  readonly proof: ClientCertificate | 'federated' | undefined
}

interface Question {
  readonly variable: string
  readonly text: string
  readonly prepared: string | undefined
  readonly hidden: boolean
  /** What is taken where there is nobody to ask; without it the question must be answered. */
  readonly otherwise?: string
  readonly problem: (answer: string) => string | undefined
}

/** The person at the terminal; a variable that is set is not asked for. */
export function terminalOperator(prepared: PreparedAnswers): Operator {
  return {
    async appCredential() {
      const clientId = await answerTo({
        variable: 'ENTRA_CLIENT_ID',
        text: 'Application (client) ID: ',
        prepared: prepared.clientId,
        hidden: false,
        problem: clientIdProblem,
      })
      if (prepared.proof === 'federated') return { clientId, federated: true }
      return { clientId, ...(prepared.proof ?? (await clientSecret(prepared))) }
    },
    tell: (line) => console.log(line),
  }
}

async function clientSecret(
  prepared: PreparedAnswers,
): Promise<{ readonly clientSecret: string; readonly endsOn?: string }> {
  const clientSecret = await answerTo({
    variable: 'ENTRA_CLIENT_SECRET',
    text: 'Client secret (its value; not shown): ',
    prepared: prepared.clientSecret,
    hidden: true,
    problem: clientSecretProblem,
  })
  const endsOn = await answerTo({
    variable: 'ENTRA_CLIENT_SECRET_ENDS_ON',
    text: 'Its end date, such as 2027-05-01 (empty if you do not know): ',
    prepared: prepared.endsOn,
    hidden: false,
    otherwise: '',
    problem: (answer) => endsOnProblem(answer, new Date()),
  })
  return { clientSecret, ...(endsOn !== '' && { endsOn }) }
}

async function answerTo(question: Question): Promise<string> {
  if (question.prepared !== undefined) {
    return checked(question, question.prepared.trim())
  }
  if (!process.stdin.isTTY) {
    if (question.otherwise !== undefined) return question.otherwise
    throw new Error(`set ${question.variable}, or run this in a terminal`)
  }
  for (;;) {
    const answer = (await ask(question)).trim()
    const problem = question.problem(answer)
    if (problem === undefined) {
      return answer
    }
    console.log(problem)
  }
}

function checked({ variable, problem }: Question, answer: string): string {
  const wrong = problem(answer)
  if (wrong !== undefined) {
    throw new Error(`${variable}: ${wrong}`)
  }
  return answer
}

async function ask({ text, hidden }: Question): Promise<string> {
  const stopped = new AbortController()
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({
    input: process.stdin,
    output: hidden ? silent : process.stdout,
    terminal: true,
  })
  terminal.once('SIGINT', () => stopped.abort())
  terminal.once('close', () => stopped.abort())
  try {
    if (hidden) {
      process.stdout.write(text)
    }
    return await terminal.question(text, { signal: stopped.signal })
  } catch (cause) {
    throw new Error('stopped; nothing was changed by this question', { cause })
  } finally {
    terminal.close()
    if (hidden) {
      process.stdout.write('\n')
    }
  }
}
