package com.withampersand.sdk.token;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.internal.Text;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link TokenStore} keeps of one grant: a sealed text that no store can read, and plain
 * values beside it by which rows are found and compared.
 *
 * <p>An absent grant has a row, too: one with {@link Revision#ABSENT} and nothing but key and time.
 * A row without sealed text is a <i>stone</i>: what is left of a deleted grant for a day.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @param key whose grant it is
 * @param revision new with each write; decides whether a write may happen
 * @param version which description of the grant this is; null if absent
 * @param consent the id of the consent that the tokens descend from; null if absent or old
 * @param state the name of the grant's state; empty if absent
 * @param client the client that the tokens were issued to; null if unknown
 * @param lease who may ask the provider now; null if it is free
 * @param leases how many leases there were: the number of the last one
 * @param tokensAt when the tokens were stored, by a refresh or a consent
 * @param stateAt when {@code state} last changed its name
 * @param sentAt when a doubt or a refusal was last recorded
 * @param lookAt when a sweep should look at the grant next
 * @param readAt the store's time as it read the row
 * @param sealed the grant, sealed; null for a stone and if absent
 */
public record Row(
    ConnectionKey key,
    Revision revision,
    @Nullable Version version,
    @Nullable String consent,
    String state,
    @Nullable String client,
    @Nullable Lease lease,
    long leases,
    StoreTime tokensAt,
    StoreTime stateAt,
    StoreTime sentAt,
    StoreTime lookAt,
    StoreTime readAt,
    @Nullable String sealed) {

  private static final StoreTime NEVER = new StoreTime(0);

  /** Returns the row of a grant that is not there. */
  public static Row absent(ConnectionKey key, StoreTime readAt) {
    return new Row(
        key,
        Revision.ABSENT,
        null,
        null,
        "",
        null,
        null,
        0,
        NEVER,
        NEVER,
        NEVER,
        NEVER,
        readAt,
        null);
  }

  /** Tells whether there is no row. */
  public boolean isAbsent() {
    return revision.equals(Revision.ABSENT);
  }

  /** Returns where a walk by {@link TokenStore#due} stands at this row. */
  public Cursor cursor() {
    return new Cursor(lookAt, key.id());
  }

  /** Returns this row as it is read at an instant. */
  public Row asOf(StoreTime now) {
    return new Row(
        key, revision, version, consent, state, client, lease, leases, tokensAt, stateAt, sentAt,
        lookAt, now, sealed);
  }

  /**
   * Returns what a write makes of this row: for stores that compute it in the process, not in a
   * database.
   *
   * @param next the write
   * @param now the store's time at the write
   */
  public Row changed(Change next, StoreTime now) {
    if (next.isRemoval()) {
      return absent(key, now);
    }
    return new Row(
        key,
        next.revision,
        next.version,
        next.consent,
        next.state,
        next.client,
        changed(next.lease, now),
        next.leases,
        stamped(Stamp.TOKENS, next, tokensAt, now),
        stamped(Stamp.STATE, next, stateAt, now),
        stamped(Stamp.SENT, next, sentAt, now),
        plus(now, next.lookIn),
        now,
        next.sealed);
  }

  private @Nullable Lease changed(LeaseChange change, StoreTime now) {
    if (change instanceof LeaseChange.Hold hold) {
      return new Lease(hold.number, hold.holder, plus(now, hold.length));
    }
    return change instanceof LeaseChange.Keep ? lease : null;
  }

  private StoreTime stamped(Stamp stamp, Change next, StoreTime before, StoreTime now) {
    if (next.stamps.contains(stamp)) {
      return stamp == Stamp.SENT ? plus(now, next.sentAgo.negated()) : now;
    }
    return isAbsent() ? now : before;
  }

  /** Returns an instant a length away, or the first or last one there is. */
  private static StoreTime plus(StoreTime instant, Duration length) {
    long millis = TimeUnit.MILLISECONDS.convert(length);
    long sum = instant.millis() + millis;
    boolean isOver = ((instant.millis() ^ sum) & (millis ^ sum)) < 0;
    return new StoreTime(isOver ? (millis < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum);
  }

  /** Returns the key and the plain values; the sealed text is not shown. */
  @Override
  public String toString() {
    return "Row[%s, %s, version %s, state %s, lease %s]"
        .formatted(key, revision, version, shown(state), lease);
  }

  /** Who writes the store may write anything, also what would be a line of a log. */
  private static String shown(String text) {
    return Text.redacted(text, List.of());
  }

  /**
   * Tells one content of a row from every other. Random, so that a write whose answer was lost is
   * recognized by it.
   *
   * @param text up to 36 letters, digits and hyphens; empty for {@link #ABSENT}
   */
  public record Revision(String text) {
    /** The revision of a row that is not there. */
    public static final Revision ABSENT = new Revision("");

    /** Checks that there is a text. */
    public Revision {
      Objects.requireNonNull(text, "text");
    }

    /** Returns a new revision. */
    public static Revision random() {
      return new Revision(UUID.randomUUID().toString());
    }

    /** Returns the text, fit to be shown. */
    @Override
    public String toString() {
      return "Revision[" + shown(text) + "]";
    }
  }

  /**
   * The right to ask the provider about a grant, until an instant of the store's clock.
   *
   * @param number larger than that of every lease before
   * @param holder who has it
   * @param until when it lapses
   */
  public record Lease(long number, String holder, StoreTime until) {
    /** Tells whether it lapsed at {@code now}. */
    public boolean isOver(StoreTime now) {
      return until.compareTo(now) <= 0;
    }

    /** Returns number, holder and end, fit to be shown. */
    @Override
    public String toString() {
      return "Lease[number=%d, holder=%s, until=%s]".formatted(number, shown(holder), until);
    }
  }

  /**
   * Where a walk over due rows stands.
   *
   * @param lookAt that of the last row
   * @param id the {@link ConnectionKey#id()} of the last row
   */
  public record Cursor(StoreTime lookAt, String id) {}

  /** An instant that a write sets to the store's own time. */
  public enum Stamp {
    /** Sets {@link Row#tokensAt()}. */
    TOKENS,
    /** Sets {@link Row#stateAt()}. */
    STATE,
    /** Sets {@link Row#sentAt()}. */
    SENT
  }

  /** What a write does to the lease. */
  public sealed interface LeaseChange {
    /** Leaves the lease as it is. */
    record Keep() implements LeaseChange {}

    /** Ends the lease. */
    record Clear() implements LeaseChange {}

    /**
     * Gives the lease to a holder, from the store's time at the write.
     *
     * @param number its number
     * @param holder who has it, up to 36 characters
     * @param length how long
     */
    record Hold(long number, String holder, Duration length) implements LeaseChange {}
  }

  /**
   * What a write makes of a row. Lengths go in; instants are the store's own. If the row was
   * absent, each of its instants that this does not set becomes the time of the write.
   *
   * @param revision the new revision; {@link Revision#ABSENT} to remove the row, and nothing else
   *     counts then
   * @param version see {@link Row}
   * @param consent see {@link Row}
   * @param state see {@link Row}
   * @param client see {@link Row}
   * @param lease what becomes of the lease
   * @param leases the new count of leases
   * @param lookIn how long after the write a sweep should look again; zero for at once
   * @param stamps which instants are set to the time of the write; the others stay
   * @param sentAgo how long before the write {@link Stamp#SENT} is; zero unless a lease had lapsed
   *     or the grant comes from another row
   * @param sealed the grant, sealed; null to leave a stone
   */
  public record Change(
      Revision revision,
      Version version,
      @Nullable String consent,
      String state,
      @Nullable String client,
      LeaseChange lease,
      long leases,
      Duration lookIn,
      Set<Stamp> stamps,
      Duration sentAgo,
      @Nullable String sealed) {

    /** Copies the stamps. */
    public Change {
      stamps = Set.copyOf(stamps);
    }

    /** Returns the change that removes a row. */
    public static Change remove() {
      return new Change(
          Revision.ABSENT,
          Version.OLD,
          null,
          "",
          null,
          new LeaseChange.Clear(),
          0,
          Duration.ZERO,
          Set.of(),
          Duration.ZERO,
          null);
    }

    /** Tells whether the row is to be removed. */
    public boolean isRemoval() {
      return revision.equals(Revision.ABSENT);
    }

    /** Returns the plain values; the sealed text is not shown. */
    @Override
    public String toString() {
      return "Change[%s, version %s, state %s, %s]"
          .formatted(revision, version, shown(state), lease);
    }
  }
}
