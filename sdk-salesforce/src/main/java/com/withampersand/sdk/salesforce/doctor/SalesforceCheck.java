package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.error.ErrorEntry;
import com.withampersand.sdk.salesforce.error.SalesforceError;
import com.withampersand.sdk.salesforce.internal.OAuthEndpoints;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Checks what Salesforce says about an app before a user signs in, with three requests. Salesforce
 * checks the key first, then the callback, then PKCE; at the token endpoint key, secret and code.
 * It does not document this order: a response that is not known gives no verdict.
 */
final class SalesforceCheck {
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

  /** A code that Salesforce never issued. */
  private static final String NO_CODE = "sdk-doctor-has-no-code";

  private final AppSettings settings;
  private final LoginHost host;
  private final URI callback;
  private final HttpTransport transport;
  private final Clock clock;
  private final FindingCollector collector;
  private final boolean pkce;
  private final boolean byAmpersand;
  private Optional<Duration> clockAhead = Optional.empty();

  SalesforceCheck(
      AppSettings settings,
      LoginHost host,
      URI callback,
      SalesforceDoctor.Builder with,
      FindingCollector collector) {
    this.settings = settings;
    this.host = host;
    this.callback = callback;
    this.transport = with.transport;
    this.clock = with.clock;
    this.pkce = with.pkce;
    this.byAmpersand = with.ampersand != null;
    this.collector = collector;
  }

  void run() {
    try {
      askAll();
    } catch (OAuthProbe.NoAnswer e) {
      collector.found(FindingTexts.notChecked(host, String.valueOf(e.getMessage())));
    }
    checkClock();
  }

  /** The secret is sent only to an OAuth host that may know the key. */
  private void askAll() throws OAuthProbe.NoAnswer {
    if (!isOAuthHost()) {
      return;
    }
    askForConsent();
    if (!collector.has(FindingTexts.KEY_UNKNOWN)) {
      askForTokens();
    }
  }

  private boolean isOAuthHost() throws OAuthProbe.NoAnswer {
    URI configuration = URI.create(host + "/.well-known/openid-configuration");
    OAuthProbe answer = OAuthProbe.get(transport, configuration, Map.of());
    noteClock(answer);
    if (!answer.isConfiguration()) {
      collector.found(FindingTexts.hostNotOAuth(host, answer.status()));
    }
    return answer.isConfiguration();
  }

  private void askForConsent() throws OAuthProbe.NoAnswer {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("response_type", "code");
    query.put("client_id", settings.consumerKey());
    query.put("redirect_uri", callback.toString());
    OAuthProbe answer = OAuthProbe.get(transport, OAuthEndpoints.authorization(host.uri()), query);
    noteClock(answer);
    Optional<SalesforceError> error = answer.error();
    if (error.isPresent()) {
      judgeConsent(error.get());
    } else if (!answer.leadsOn()) {
      collector.unseen(
          "Whether key and callback are correct: the authorization page answered HTTP status "
              + answer.status()
              + ", without a known error.");
    }
  }

  private void judgeConsent(SalesforceError error) throws OAuthProbe.NoAnswer {
    if (judgeKeyOrCallback(error)) {
      return;
    }
    if (error.entry() == ErrorEntry.PKCE_REQUIRED) {
      if (!pkce || byAmpersand) {
        collector.found(FindingTexts.pkceRequired(host, error, byAmpersand));
      }
    } else {
      judgeOther(error, "Whether key and callback are correct");
    }
  }

  private boolean judgeKeyOrCallback(SalesforceError error) {
    if (error.entry() == ErrorEntry.UNKNOWN_CONSUMER_KEY) {
      collector.found(FindingTexts.keyUnknown(host, error));
      return true;
    }
    if (error.entry() == ErrorEntry.CALLBACK_NOT_REGISTERED) {
      collector.found(FindingTexts.callbackNotRegistered(host, error));
      return true;
    }
    return false;
  }

  private void askForTokens() throws OAuthProbe.NoAnswer {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", NO_CODE);
    form.put("client_id", settings.consumerKey());
    form.put("client_secret", settings.consumerSecret());
    form.put("redirect_uri", callback.toString());
    OAuthProbe answer = OAuthProbe.post(transport, OAuthEndpoints.token(host.uri()), form);
    noteClock(answer);
    Optional<SalesforceError> error = answer.error();
    if (error.isPresent()) {
      judgeSecret(error.get());
    } else {
      secretUnseen("the token endpoint answered HTTP status " + answer.status());
    }
  }

  private void judgeSecret(SalesforceError error) throws OAuthProbe.NoAnswer {
    if (error.entry() == ErrorEntry.CODE_UNKNOWN || error.entry() == ErrorEntry.CODE_EXPIRED) {
      // Salesforce checked the code, so it accepted key and secret.
      collector.dismiss(FindingTexts.SECRET_UNUSUAL);
    } else if (error.entry() == ErrorEntry.WRONG_CONSUMER_SECRET) {
      collector.found(FindingTexts.secretWrong(host, error));
    } else if (judgeKeyOrCallback(error)) {
      secretUnseen("the token endpoint refused key or callback");
    } else {
      judgeOther(error, "Whether the Consumer Secret is correct");
    }
  }

  private void secretUnseen(String reason) {
    collector.unseen("Whether the Consumer Secret is correct: " + reason + ".");
  }

  /** A code that does not exist causes refusals that no user would see. */
  private void judgeOther(SalesforceError error, String question) throws OAuthProbe.NoAnswer {
    if (error.entry() == ErrorEntry.UNAVAILABLE) {
      throw new OAuthProbe.NoAnswer(error.meaning());
    }
    boolean ofThisCode =
        error.needsReauthorization() || error.entry() == ErrorEntry.GRANT_NOT_ACCEPTED;
    if (error.isKnown() && !error.isRetryable() && !ofThisCode) {
      collector.found(FindingTexts.refusedOtherwise(host, error));
    }
    collector.unseen(question + ": " + host + " answered " + error.code().orElse("an error") + ".");
  }

  private void noteClock(OAuthProbe answer) {
    Instant now = clock.instant();
    clockAhead = answer.date().map(date -> Duration.between(date, now)).or(() -> clockAhead);
  }

  private void checkClock() {
    clockAhead
        .filter(ahead -> ahead.abs().compareTo(CLOCK_TOLERANCE) > 0)
        .ifPresent(ahead -> collector.found(FindingTexts.clockSkewed(host, ahead)));
  }
}
