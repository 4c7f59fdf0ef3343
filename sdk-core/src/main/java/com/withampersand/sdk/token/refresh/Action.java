package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.token.Row.Revision;
import java.time.Duration;

/** What the shell has to do. One read or write of a grant is asked for at a time. */
sealed interface Action {
  /** Read the row. Answered by {@code Read} or {@code ReadFailed}. */
  record Read() implements Action {}

  /** Write the row. Answered by {@code Written}, {@code Changed} or {@code WriteFailed}. */
  record Write(Revision expected, NextRow next) implements Action {}

  /** Wait for room for a request. Answered by {@code Entered}. */
  record Enter() implements Action {}

  /** Give the room back: no request follows. */
  record Leave() implements Action {}

  /**
   * Send one refresh of this grant's tokens. Answered, at some time, by {@code Answered}, {@code
   * Refused}, {@code Throttled}, {@code NeverSent} or {@code Lost}. The room is given back then.
   *
   * @param lease the number of the lease under which it is sent
   */
  record Send(String call, Grant grant, long lease, NodeTime at) implements Action {}

  /** End the grant at the provider. Answered by {@code Revoked} or {@code RevokeFailed}. */
  record Revoke(TokenSet tokens) implements Action {}

  /** End tokens at the provider that nothing keeps any more. Not answered. */
  record Discard(TokenSet tokens) implements Action {}

  /** Ask the recipient for a connection of this name. */
  record AskRecipient() implements Action {}

  /** Offer the grant to the recipient. */
  record Import(String attempt, TokenSet tokens, Duration limit) implements Action {}

  /** Ask the recipient for tokens. */
  record AskTokens(String connection, boolean force) implements Action {}

  /** Have the recipient delete its connection. */
  record DeleteConnection(String connection) implements Action {}

  /** Hand tokens to a caller. */
  record Serve(int waiter, TokenSet tokens) implements Action {}

  /** Tell a caller that what it wanted is done. */
  record Done(int waiter, Outcome outcome) implements Action {}

  /** Tell a caller that it is not served. */
  record Fail(int waiter, Failure failure) implements Action {}

  /** Tell the listeners. */
  record Tell(Notice notice) implements Action {}

  /** Wake the grant at this instant; it replaces what was asked for before. */
  record WakeAt(NodeTime at) implements Action {}
}
