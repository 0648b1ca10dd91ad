/** What one check found. */
export interface Finding {
  readonly mark: 'right' | 'wrong' | 'unknown'
  /** In one line; of something wrong also how to mend it. */
  readonly says: string
}

export const right = (says: string): Finding => ({ mark: 'right', says })
export const wrong = (says: string): Finding => ({ mark: 'wrong', says })
export const unknown = (says: string): Finding => ({ mark: 'unknown', says })
