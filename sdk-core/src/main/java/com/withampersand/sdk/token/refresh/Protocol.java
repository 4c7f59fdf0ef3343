package com.withampersand.sdk.token.refresh;

/**
 * Decides what becomes of a grant: the only place that does.
 *
 * <ol>
 *   <li>Take the lease of the row, then send. What is sent is what that very write was based on.
 *   <li>A lease under which something was sent ends only in the put that says what came of it. One
 *       that lapses leaves a doubt, which the first process that meets it writes down.
 *   <li>What a request brings is stored, however late it comes and whatever happens meanwhile.
 *   <li>In a doubt the next request is a careful try: it comes long after the last one, and it is
 *       announced, so that a process that holds newer tokens has the time to store them.
 *   <li>Versions decide what is newer. No process's clock takes part.
 * </ol>
 *
 * <p>A step is a pure function: no clock, no thread, no input or output. {@code FreshTokens} runs
 * it.
 */
final class Protocol {
  private Protocol() {}

  /** Returns what this process knows after an event, and what it does about it. */
  static Step step(Memory memory, Event event, Now now, Policy policy) {
    return new Turn(memory, now, policy).after(event);
  }
}
