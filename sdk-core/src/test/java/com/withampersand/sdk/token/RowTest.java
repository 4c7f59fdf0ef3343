package com.withampersand.sdk.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.ConnectionKey;
import org.junit.jupiter.api.Test;

class RowTest {
  private static final ConnectionKey KEY = new ConnectionKey("salesforce", "acme", "ada");
  private static final StoreTime NOW = new StoreTime(1);

  @Test
  void toString_textsThatOthersWrote_areOneLineWithoutTokens() {
    String written = "a\nb\u20295Aep861CanaryRefresh.Token_0123456789";
    Row row =
        new Row(
            KEY,
            new Row.Revision(written),
            Version.OLD,
            null,
            written,
            null,
            new Row.Lease(1, written, NOW),
            0,
            NOW,
            NOW,
            NOW,
            NOW,
            NOW,
            null);

    String shown = row.toString();

    assertThat(shown).doesNotContain("Canary", "\n", "\u2029").contains("state a b ***,");
    assertThat(shown).contains("Revision[a b ***]").contains("holder=a b ***");
  }
}
