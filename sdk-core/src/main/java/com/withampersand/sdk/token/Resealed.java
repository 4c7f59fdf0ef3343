package com.withampersand.sdk.token;

import com.withampersand.sdk.TokenStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What became of one page of a store whose envelopes are sealed anew, after a change of keys or to
 * encrypt plain text. To go through a whole store, at any pace and from any node, and again from
 * where it stopped:
 *
 * <pre>{@code
 * Optional<ConnectionKey> last = Optional.empty();
 * do {
 *   Resealed page = store.reseal(last.orElse(null), 100);
 *   last = page.last();
 *   System.out.println(page);
 * } while (last.isPresent());
 * }</pre>
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class Resealed {
  private final List<ConnectionKey> seen;
  private final int resealed;
  private final List<ConnectionKey> unreadable;

  private Resealed(List<ConnectionKey> seen, int resealed, List<ConnectionKey> unreadable) {
    this.seen = List.copyOf(seen);
    this.resealed = resealed;
    this.unreadable = List.copyOf(unreadable);
  }

  /**
   * Goes through a page of keys.
   *
   * @param resealOne seals a grant anew if that is needed, and tells whether it was. What it throws
   *     ends the page if it may succeed later, and else marks the grant as unreadable
   */
  static Resealed page(List<ConnectionKey> keys, Predicate<ConnectionKey> resealOne) {
    int resealed = 0;
    List<ConnectionKey> unreadable = new ArrayList<>();
    for (ConnectionKey key : keys) {
      try {
        resealed += resealOne.test(key) ? 1 : 0;
      } catch (TokenStoreException e) {
        if (e.isRetryable()) {
          throw e;
        }
        unreadable.add(key);
      }
    }
    return new Resealed(keys, resealed, unreadable);
  }

  /** Returns the key to go on behind; empty if there were no more grants. */
  public Optional<ConnectionKey> last() {
    return seen.isEmpty() ? Optional.empty() : Optional.of(seen.get(seen.size() - 1));
  }

  /** Returns how many grants were looked at. */
  public int seen() {
    return seen.size();
  }

  /** Returns how many of them were sealed anew; the others were up to date. */
  public int resealed() {
    return resealed;
  }

  /**
   * Returns those that were left as they are since they do not open, such as for want of their key;
   * {@link TokenStore#find} tells why.
   */
  public List<ConnectionKey> unreadable() {
    return unreadable;
  }

  /** Returns the counts, and where the page ended. */
  @Override
  public String toString() {
    return "Resealed["
        + resealed
        + " of "
        + seen()
        + ", unreadable "
        + unreadable
        + ", last "
        + last().map(Object::toString).orElse("none")
        + "]";
  }
}
