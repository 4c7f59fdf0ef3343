package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.ConnectionKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link FreshTokens#reencryptAll} did with one page. Immutable, and safe to share between
 * threads.
 *
 * @param seen how many rows it looked at
 * @param reencrypted how many it sealed anew
 * @param failed the grants that do not open, or that others wrote at the same moment: do the page
 *     again
 * @param next where the next page begins; null if this is the last
 */
public record ReencryptionReport(
    int seen, int reencrypted, List<ConnectionKey> failed, @Nullable ConnectionKey next) {
  /** Copies the names. */
  public ReencryptionReport {
    failed = List.copyOf(failed);
  }
}
