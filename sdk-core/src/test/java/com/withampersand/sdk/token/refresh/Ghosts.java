package com.withampersand.sdk.token.refresh;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What the checker remembers of what happened. No process knows it. */
final class Ghosts {
  /** Whether a refresh may have used its token up. */
  enum Effect {
    UNKNOWN,
    NONE,
    KNOWN
  }

  /** One refresh that was sent. */
  record Attempt(
      int consent, long generation, String call, int node, int life, long sentAt, Effect effect) {

    boolean isOf(int otherConsent, long otherGeneration) {
      return consent == otherConsent && generation == otherGeneration;
    }

    Attempt with(Effect other) {
      return new Attempt(consent, generation, call, node, life, sentAt, other);
    }
  }

  /** The sent refreshes of each generation that may have had an effect, the latest last. */
  final List<Attempt> attempts;

  private final BitSet stored;

  /** All consents up to this one were deleted by their caller. */
  int deletedUpTo;

  /** Up to which consent the user ended the grants at the provider. */
  int endedByUser;

  /** How often a grant was stored as ended. */
  int ends;

  /** The last of these ends that users were told of; 0 if none. */
  int told;

  /** The consent whose import was offered last. */
  Token offered = Token.NONE;

  Ghosts() {
    attempts = new ArrayList<>(4);
    stored = new BitSet();
  }

  private Ghosts(Ghosts other) {
    attempts = new ArrayList<>(other.attempts);
    stored = (BitSet) other.stored.clone();
    deletedUpTo = other.deletedUpTo;
    endedByUser = other.endedByUser;
    ends = other.ends;
    told = other.told;
    offered = other.offered;
  }

  Ghosts copy() {
    return new Ghosts(this);
  }

  void stored(Token token) {
    stored.set(bit(token));
  }

  boolean wasStored(Token token) {
    return stored.get(bit(token));
  }

  private static int bit(Token token) {
    return token.consent() * 64 + Math.min(token.serial(), 63);
  }

  void settle(String call, Effect effect) {
    for (int i = 0; i < attempts.size(); i++) {
      if (attempts.get(i).call().equals(call)) {
        if (effect == Effect.NONE) {
          attempts.remove(i);
        } else {
          attempts.set(i, attempts.get(i).with(effect));
        }
        return;
      }
    }
  }

  boolean mayHaveUsed(int consent, long generation) {
    for (Attempt attempt : attempts) {
      if (attempt.isOf(consent, generation)) {
        return true;
      }
    }
    return false;
  }
}
