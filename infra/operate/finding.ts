/** What one check found. */
export interface Finding {
  /** `mind`: it works, and could be better. */
  readonly mark: 'right' | 'mind' | 'wrong' | 'unknown'
  /** In one line; of something wrong, or that could be better, also how to mend it. */
  readonly says: string
}

export const right = (says: string): Finding => ({ mark: 'right', says })
export const mind = (says: string): Finding => ({ mark: 'mind', says })
export const wrong = (says: string): Finding => ({ mark: 'wrong', says })
export const unknown = (says: string): Finding => ({ mark: 'unknown', says })
