package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.StoreTime;
import org.jspecify.annotations.Nullable;

/** What is known of a grant, by all processes. {@link #name()} is what a store shows in plain. */
sealed interface GrantState {
  /** Returns the name that a row carries. */
  String name();

  /** Nothing is known against the grant. */
  record Active() implements GrantState {
    @Override
    public String name() {
      return "ACTIVE";
    }
  }

  /**
   * The refresh token of this generation may be used up.
   *
   * @param since when the doubt began; null if that is when the row's state changed
   * @param tries careful tries that had no answer
   * @param unknown refusals in unknown words
   */
  record InDoubt(@Nullable StoreTime since, int tries, int unknown) implements GrantState {
    static final InDoubt NEW = new InDoubt(null, 0, 0);

    @Override
    public String name() {
      return "IN_DOUBT";
    }

    InDoubt tried() {
      return new InDoubt(since, tries + 1, unknown);
    }
  }

  /**
   * The provider ended the grant.
   *
   * @param accessRefused whether the access token was refused, too
   */
  record NeedsConsent(Refusal refusal, boolean accessRefused) implements GrantState {
    @Override
    public String name() {
      return "NEEDS_CONSENT";
    }
  }

  /**
   * The provider refuses for a reason that consent does not cure.
   *
   * @param since when it began; null if that is when the row's state changed
   * @param origin the doubt that it came from; null if there was none
   */
  record Blocked(
      Refusal refusal, boolean accessRefused, @Nullable StoreTime since, @Nullable InDoubt origin)
      implements GrantState {
    @Override
    public String name() {
      return "BLOCKED";
    }
  }

  /** An import of the recipient's may be under way. */
  record HandingOver(String attempt) implements GrantState {
    @Override
    public String name() {
      return "HANDING_OVER";
    }
  }

  /** The recipient refreshes the grant. */
  record HandedOver(String connection) implements GrantState {
    @Override
    public String name() {
      return "HANDED_OVER";
    }
  }

  /**
   * A revocation may be under way.
   *
   * @param connection the recipient's connection, which goes in place of a revocation; null if the
   *     grant was not handed over
   */
  record Disconnecting(@Nullable String connection) implements GrantState {
    @Override
    public String name() {
      return "DISCONNECTING";
    }
  }

  /** Tells whether the recipient has the grant, so that no renewer here need own it. */
  default boolean isKept() {
    return this instanceof HandedOver
        || (this instanceof Disconnecting disconnecting && disconnecting.connection() != null);
  }

  /** Tells whether only a put that was decided on this state may replace it. */
  default boolean isOwnersAlone() {
    return this instanceof HandingOver
        || this instanceof HandedOver
        || this instanceof Disconnecting;
  }

  /** Tells whether a lease that lapses over this state makes it doubtful. */
  default boolean isDoubtfulAfterLapse() {
    return this instanceof Active || this instanceof InDoubt || this instanceof Blocked;
  }

  /** Tells whether the next request has to be a careful try. */
  default boolean needsCare() {
    return this instanceof InDoubt || this instanceof Blocked || this instanceof NeedsConsent;
  }

  /**
   * Returns the doubt that a request without a usable answer leaves.
   *
   * @param since when this state began
   */
  default InDoubt doubt(StoreTime since) {
    if (this instanceof InDoubt doubt) {
      return doubt.tried();
    }
    if (this instanceof Blocked blocked) {
      InDoubt origin = blocked.origin() == null ? InDoubt.NEW : blocked.origin().tried();
      return new InDoubt(since, origin.tries(), origin.unknown());
    }
    return InDoubt.NEW;
  }

  /** Returns how often a careful try had no answer. */
  default int tries() {
    return this instanceof InDoubt doubt ? doubt.tries() : 0;
  }
}
