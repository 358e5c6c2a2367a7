/**
 * The same command again gets the answer that the first one got (or is still getting), without a second
 * effect. In memory and bounded: across a restart the outbox and the database know their commands by id.
 */
export function createOnce<Answer>(remembered = 2000) {
  const answers = new Map<string, Promise<Answer>>();
  return function once(commandId: string, work: () => Promise<Answer>): Promise<Answer> {
    const known = answers.get(commandId);
    if (known !== undefined) return known;
    const answer = work();
    answers.set(commandId, answer);
    if (answers.size > remembered) answers.delete(answers.keys().next().value ?? '');
    // What threw may be tried again.
    answer.catch(() => answers.delete(commandId));
    return answer;
  };
}
