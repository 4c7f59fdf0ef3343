package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceOAuthFlow;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.TokenStore;
import com.withampersand.sdk.token.Version;
import com.withampersand.sdk.token.crypto.TokenCipher;
import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.StatusFilter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

/**
 * Opens a grant that is not as it was written: state and version of its row, and what is inside of
 * its envelope. The status is told whatever it is, and tokens go to Salesforce or nowhere.
 */
final class GrantTarget implements Target {
  private static final ConnectionKey KEY = new ConnectionKey("salesforce", "acme", "ada");

  private final TokenCipher cipher = TokenCipher.storingPlainText();
  private final SalesforceApp app =
      SalesforceApp.builder("3MVG9key", Canary.CLIENT_SECRET)
          .scopes("api", "refresh_token")
          .build();

  @Override
  public void run(Input input) {
    String sealed = cipher.prepare(KEY).seal(input.field(2).getBytes(StandardCharsets.UTF_8));
    TokenStore store =
        MemoryStore.with(
            KEY,
            version(input.field(1)),
            input.field(0),
            "3MVG9key",
            new LeaseChange.Clear(),
            sealed);
    Answers answers =
        Answers.json(400, "{\"error\":\"invalid_grant\",\"error_description\":\"expired\"}");
    SalesforceOAuthFlow flow = SalesforceOAuthFlow.builder(app).transport(answers).build();
    read(store);
    try (FreshTokens tokens =
        FreshTokens.builder(store, cipher).renewer(flow).maxWait(Duration.ofMillis(50)).build()) {
      look(tokens);
    }
    Logs.requireClean();
    answers.requests().forEach(sent -> SalesforceAnswerTarget.requireSalesforces(sent.uri()));
  }

  static Version version(String text) {
    try {
      return Version.parse(text);
    } catch (IllegalArgumentException e) {
      return Version.OLD;
    }
  }

  private void read(TokenStore store) {
    try (FreshTokens reader = FreshTokens.builder(store, cipher).build()) {
      GrantStatus status = Tried.call(() -> reader.status(KEY)).result().orElseThrow();
      Require.that(!status.kind().name().isEmpty(), "a status");
      Tried.call(() -> reader.get(KEY), AmpersandException.class);
    }
  }

  private static void look(FreshTokens tokens) {
    Tried.call(() -> tokens.status(KEY));
    Tried.call(() -> tokens.statuses(StatusFilter.all(), null, 10));
    Tried.call(() -> tokens.get(KEY), AmpersandException.class);
    Tried.call(() -> tokens.refused(KEY, Canary.accessToken()), AmpersandException.class);
    Tried.call(() -> tokens.reencryptAll(null, 10), AmpersandException.class);
    Set<String> kinds =
        Set.of(Tried.call(() -> tokens.status(KEY)).result().orElseThrow().kind().name());
    Require.that(!kinds.isEmpty(), "a status");
  }
}
