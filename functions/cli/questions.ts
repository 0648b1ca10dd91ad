import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { Interrupted } from './command-error.ts'
import type { Surroundings } from './surroundings.ts'

/** What to ask the person at the terminal. */
export interface Question {
  readonly words: string
  /** What is typed is not shown. */
  readonly isSecret: boolean
}

/**
 * Asks one question after the other. What is shown is decided line by line, so that a secret is hidden also when
 * several lines are pasted at once.
 * @returns the answers. @throws Interrupted by Ctrl+C, and when nothing more can be typed
 */
export function ask(
  { stdin, stderr }: Surroundings,
  questions: readonly Question[],
): Promise<readonly string[]> {
  const answers: string[] = []
  const isHidden = () => questions[answers.length]?.isSecret ?? true
  const echo = new Writable({
    write: (chunk, _encoding, done) => {
      if (!isHidden()) stderr.write(chunk)
      // At once: what waits for its turn here would be judged by a later question.
      done()
    },
  })
  const reader = createInterface({ input: stdin, output: echo, terminal: true, historySize: 0 })
  const prompt = () => stderr.write(`${questions[answers.length]?.words ?? ''} `)
  return new Promise((resolve, reject) => {
    reader.on('SIGINT', () => reader.close())
    reader.on('close', () => {
      if (answers.length === questions.length) resolve(answers)
      else reject(new Interrupted())
    })
    reader.on('line', (line) => {
      if (answers.length === questions.length) return
      if (isHidden()) stderr.write('\n')
      answers.push(line.trim())
      if (answers.length === questions.length) reader.close()
      else prompt()
    })
    prompt()
  })
}
