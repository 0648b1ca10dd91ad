/** Replaces the usual answer of the next call; what it throws, the call throws. */
export type Step<Answer> = () => Answer | Promise<Answer>

/** The steps that calls take, in the order in which they were planned. */
export interface Script<Answer> {
  /** Plans the next call: an answer, or something to do that ends in one. */
  answerNext(step: Answer | Step<Answer>): void
  /** The planned step, or else the usual one. */
  take(usual: Step<Answer>): Promise<Answer>
}

export function script<Answer extends object | undefined>(): Script<Answer> {
  const steps: Step<Answer>[] = []
  return {
    answerNext: (step) => {
      steps.push(typeof step === 'function' ? (step as Step<Answer>) : () => step)
    },
    take: async (usual) => (steps.shift() ?? usual)(),
  }
}
