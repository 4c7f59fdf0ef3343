package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.Row.Revision;
import com.withampersand.sdk.token.Row.Stamp;
import com.withampersand.sdk.token.Version;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a write makes of a row, before it is sealed.
 *
 * @param revision the new revision; {@link Revision#ABSENT} to remove the row
 * @param grant the grant; null to leave a stone, or to remove the row
 */
record NextRow(
    Revision revision,
    Version version,
    @Nullable String consent,
    @Nullable Grant grant,
    LeaseChange lease,
    long leases,
    Duration lookIn,
    Set<Stamp> stamps,
    Duration sentAgo) {

  /** Returns the same with every instant set to the time of the write. */
  NextRow stampedNow() {
    return new NextRow(
        revision,
        version,
        consent,
        grant,
        lease,
        leases,
        lookIn,
        EnumSet.allOf(Stamp.class),
        Duration.ZERO);
  }

  static NextRow removed() {
    return new NextRow(
        Revision.ABSENT,
        Version.OLD,
        null,
        null,
        new LeaseChange.Clear(),
        0,
        Duration.ZERO,
        Set.of(),
        Duration.ZERO);
  }

  static NextRow stone(Revision revision, Version version, @Nullable String consent, long leases) {
    return new NextRow(
        revision,
        version,
        consent,
        null,
        new LeaseChange.Clear(),
        leases,
        Policy.STONE,
        Set.of(Stamp.STATE),
        Duration.ZERO);
  }
}
