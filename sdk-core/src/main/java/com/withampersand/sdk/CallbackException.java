package com.withampersand.sdk;

import java.util.Objects;

/**
 * The redirect that came back cannot be trusted or used: tampered with, expired, replayed or
 * incomplete. Drop this attempt and let the user start again.
 */
public final class CallbackException extends AmpersandException {
  /** What is wrong with the redirect. */
  public enum Reason {
    /** It carries neither a code nor an error. */
    INCOMPLETE,
    /** It cannot be decoded, gives one parameter twice, or is a whole URL. */
    MALFORMED,
    /** It carries a code but no state. */
    STATE_MISSING,
    /** Its state belongs to another attempt, or to none that is known. */
    STATE_MISMATCH,
    /** Its signed state was altered. */
    STATE_TAMPERED,
    /** Its signed state is signed with a key that is not known here: the operator's to fix. */
    STATE_KEY_UNKNOWN,
    /** Its signed state is genuine but was issued to another browser, or the cookie is missing. */
    STATE_FOREIGN,
    /** The user took longer than the state lives. */
    STATE_EXPIRED,
    /** Its state was used before: the redirect was replayed, or loaded twice. */
    STATE_REUSED,
    /** It says that another provider sent it than the one that was asked: RFC 9207. */
    ISSUER_MISMATCH
  }

  private final Reason reason;

  /**
   * Creates the exception.
   *
   * @param message says what is wrong and what to do about it; shows no code and no state
   */
  public CallbackException(Reason reason, String message) {
    super(message, null);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  private CallbackException(CallFacts facts, CallbackException cause) {
    super(facts.message(cause), cause, facts);
    this.reason = cause.reason;
  }

  @Override
  String topicOrKind() {
    return DocPage.CALLBACK_UNUSABLE.topic();
  }

  @Override
  CallbackException copy(CallFacts facts) {
    return new CallbackException(facts, this);
  }

  /** Returns what is wrong with the redirect. */
  public Reason reason() {
    return reason;
  }
}
