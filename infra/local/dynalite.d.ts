/** dynalite 4 comes without types: this much of it is used. */
declare module 'dynalite' {
  import type { Server } from 'node:http'

  interface DynaliteOptions {
    /** Folder of the LevelDB store; in memory without it. */
    readonly path?: string
    /** How long a new table stays in CREATING. */
    readonly createTableMs?: number
  }

  /** The server; closing it closes the store as well. */
  function dynalite(options?: DynaliteOptions): Server

  export = dynalite
}
