/** What an AWS client answers to each command, by the command's name; a function is given the input. */
type Script = Readonly<Record<string, unknown>>

/** An AWS client that answers as told, throws the errors among the answers, and refuses any other command. */
export function scriptedClient<Client>(script: Script): Client {
  const send = async (command: { readonly input: unknown }) => {
    const name = command.constructor.name
    if (!(name in script)) throw new Error(`unexpected ${name}`)
    const answer = script[name]
    const given = typeof answer === 'function' ? answer(command.input) : answer
    if (given instanceof Error) throw given
    return given
  }
  return { send } as unknown as Client
}

/** An error as AWS names it. */
export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name })
}
