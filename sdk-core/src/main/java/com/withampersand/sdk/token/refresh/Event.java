package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import org.jspecify.annotations.Nullable;

/** What happens to a grant in this process. Late and repeated events are absorbed. */
sealed interface Event {
  /** A caller wants something. */
  record Wanted(Waiter waiter) implements Event {}

  /** A sweep read the row of a grant. */
  record Swept(Waiter waiter, GrantRow row) implements Event {}

  /**
   * A user consented, and these are the tokens.
   *
   * @param traits what their renewer says of them
   * @param exchangedAt when the code was exchanged
   */
  record Consented(Waiter waiter, TokenSet tokens, GrantRow.Traits traits, NodeTime exchangedAt)
      implements Event {}

  /**
   * The read that was asked for has an answer.
   *
   * @param asked when the store was asked
   */
  record Read(GrantRow row, NodeTime asked) implements Event {}

  /** The read that was asked for failed. */
  record ReadFailed(Throwable cause) implements Event {}

  /** The write that was asked for happened. */
  record Written() implements Event {}

  /** The write that was asked for did not happen: the row has another revision. */
  record Changed() implements Event {}

  /**
   * The write that was asked for failed.
   *
   * @param maybe whether it may have happened
   */
  record WriteFailed(Throwable cause, boolean maybe) implements Event {}

  /**
   * There is room for a request.
   *
   * @param closedUntil until when the host of the issuer is left alone by now; null if it is not
   */
  record Entered(@Nullable NodeTime closedUntil) implements Event {}

  /** A refresh brought tokens. It counts in any phase, also when no one waits for it any more. */
  record Answered(Action.Send request, TokenSet tokens) implements Event {}

  /** The provider refused a refresh. */
  record Refused(String call, Refusal refusal, @Nullable Throwable cause) implements Event {}

  /** Too many requests: the provider did not carry a refresh out. */
  record Throttled(
      String call, @Nullable Refusal refusal, @Nullable Throwable cause, long retryAfterMillis)
      implements Event {}

  /** A refresh provably never left this machine. */
  record NeverSent(String call, Throwable cause) implements Event {}

  /** A refresh has no usable answer, and none will come. */
  record Lost(String call, @Nullable Throwable cause) implements Event {}

  /** The provider ended the grant, as it was told to. */
  record Revoked() implements Event {}

  /** The provider did not end the grant. */
  record RevokeFailed(Throwable cause) implements Event {}

  /**
   * The recipient told whether it has a connection of this name.
   *
   * @param connection its id; null if it has none
   */
  record RecipientHas(@Nullable String connection) implements Event {}

  /** The recipient did not tell. */
  record RecipientFailed(Throwable cause) implements Event {}

  /** The recipient took the grant. */
  record Imported(String attempt, String connection) implements Event {}

  /** The recipient refused the grant; it was not taken. */
  record ImportRefused(String attempt, Throwable cause) implements Event {}

  /** Whether the recipient took the grant is not known. */
  record ImportLost(String attempt, Throwable cause) implements Event {}

  /** The recipient handed out tokens. */
  record Kept(TokenSet tokens) implements Event {}

  /**
   * The recipient handed out no tokens.
   *
   * @param refusal what was said if the user has to consent again; null if not
   */
  record KeptFailed(Throwable cause, @Nullable Refusal refusal) implements Event {}

  /** The recipient deleted its connection. */
  record ConnectionDeleted() implements Event {}

  /** The recipient did not delete its connection. */
  record ConnectionDeleteFailed(Throwable cause) implements Event {}

  /** An instant that was asked for has come. */
  record Woke() implements Event {}

  /**
   * A caller waits no longer.
   *
   * @param wantsFailure whether to tell the caller why it was not served: its time was over
   */
  record WaiterLeft(int waiter, boolean wantsFailure) implements Event {}
}
