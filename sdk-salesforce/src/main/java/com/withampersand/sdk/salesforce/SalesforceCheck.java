package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.salesforce.error.ErrorEntry;
import com.withampersand.sdk.salesforce.error.SalesforceError;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What Salesforce tells of an app before a user logs in, in three calls. It checks the key first,
 * then the callback, then PKCE; at the token endpoint key, secret and code. None of this is
 * promised: where an answer is not one of those known, there is no verdict.
 */
final class SalesforceCheck {
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

  /** Salesforce never issued this code. */
  private static final String NO_CODE = "sdk-doctor-has-no-code";

  private final AppSettings settings;
  private final LoginHost host;
  private final URI callback;
  private final HttpTransport transport;
  private final Clock clock;
  private final Examination examination;
  private final boolean pkce;
  private final boolean byAmpersand;
  private Optional<Duration> clockAhead = Optional.empty();

  SalesforceCheck(
      AppSettings settings,
      LoginHost host,
      URI callback,
      SalesforceDoctor.Builder with,
      Examination examination) {
    this.settings = settings;
    this.host = host;
    this.callback = callback;
    this.transport = with.transport;
    this.clock = with.clock;
    this.pkce = with.pkce;
    this.byAmpersand = with.ampersand != null;
    this.examination = examination;
  }

  void run() {
    try {
      askAll();
    } catch (Probe.NoAnswer e) {
      examination.found(Findings.notChecked(host, String.valueOf(e.getMessage())));
    }
    checkClock();
  }

  /** The secret goes only to an OAuth host that may know the key. */
  private void askAll() throws Probe.NoAnswer {
    if (!isOAuthHost()) {
      return;
    }
    askForConsent();
    if (!examination.has(Findings.KEY_UNKNOWN)) {
      askForTokens();
    }
  }

  private boolean isOAuthHost() throws Probe.NoAnswer {
    URI configuration = URI.create(host + "/.well-known/openid-configuration");
    Probe answer = Probe.get(transport, configuration, Map.of());
    noteClock(answer);
    if (!answer.isConfiguration()) {
      examination.found(Findings.hostNotOAuth(host, answer.status()));
    }
    return answer.isConfiguration();
  }

  private void askForConsent() throws Probe.NoAnswer {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("response_type", "code");
    query.put("client_id", settings.consumerKey());
    query.put("redirect_uri", callback.toString());
    Probe answer = Probe.get(transport, host.authorizationEndpoint(), query);
    noteClock(answer);
    Optional<SalesforceError> error = answer.error();
    if (error.isPresent()) {
      judgeConsent(error.get());
    } else if (!answer.leadsOn()) {
      examination.unseen(
          "Whether key and callback are right: the authorization page answered HTTP status "
              + answer.status()
              + ", without an error that is known.");
    }
  }

  private void judgeConsent(SalesforceError error) throws Probe.NoAnswer {
    if (judgeKeyOrCallback(error)) {
      return;
    }
    if (error.entry() == ErrorEntry.PKCE_REQUIRED) {
      if (!pkce || byAmpersand) {
        examination.found(Findings.pkceRequired(host, error, byAmpersand));
      }
    } else {
      judgeOther(error, "Whether key and callback are right");
    }
  }

  private boolean judgeKeyOrCallback(SalesforceError error) {
    if (error.entry() == ErrorEntry.UNKNOWN_CONSUMER_KEY) {
      examination.found(Findings.keyUnknown(host, error));
      return true;
    }
    if (error.entry() == ErrorEntry.CALLBACK_NOT_REGISTERED) {
      examination.found(Findings.callbackNotRegistered(host, error));
      return true;
    }
    return false;
  }

  private void askForTokens() throws Probe.NoAnswer {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", NO_CODE);
    form.put("client_id", settings.consumerKey());
    form.put("client_secret", settings.consumerSecret());
    form.put("redirect_uri", callback.toString());
    Probe answer = Probe.post(transport, host.tokenEndpoint(), form);
    noteClock(answer);
    Optional<SalesforceError> error = answer.error();
    if (error.isPresent()) {
      judgeSecret(error.get());
    } else {
      secretUnseen("the token endpoint answered HTTP status " + answer.status());
    }
  }

  private void judgeSecret(SalesforceError error) throws Probe.NoAnswer {
    if (error.entry() == ErrorEntry.CODE_UNKNOWN || error.entry() == ErrorEntry.CODE_EXPIRED) {
      // It looked at the code, so key and secret are right, whatever the secret's shape.
      examination.dismiss(Findings.SECRET_UNUSUAL);
    } else if (error.entry() == ErrorEntry.WRONG_CONSUMER_SECRET) {
      examination.found(Findings.secretWrong(host, error));
    } else if (judgeKeyOrCallback(error)) {
      secretUnseen("the token endpoint refused key or callback");
    } else {
      judgeOther(error, "Whether the Consumer Secret is right");
    }
  }

  private void secretUnseen(String reason) {
    examination.unseen("Whether the Consumer Secret is right: " + reason + ".");
  }

  /** A code that does not exist brings refusals that no user would meet. */
  private void judgeOther(SalesforceError error, String question) throws Probe.NoAnswer {
    if (error.entry() == ErrorEntry.UNAVAILABLE) {
      throw new Probe.NoAnswer(error.meaning());
    }
    boolean ofThisCode =
        error.needsReauthorization() || error.entry() == ErrorEntry.GRANT_NOT_ACCEPTED;
    if (error.isKnown() && !error.isRetryable() && !ofThisCode) {
      examination.found(Findings.refusedOtherwise(host, error));
    }
    examination.unseen(
        question + ": " + host + " answered " + error.code().orElse("an error") + ".");
  }

  private void noteClock(Probe answer) {
    Instant now = clock.instant();
    clockAhead = answer.date().map(date -> Duration.between(date, now)).or(() -> clockAhead);
  }

  private void checkClock() {
    clockAhead
        .filter(ahead -> ahead.abs().compareTo(CLOCK_TOLERANCE) > 0)
        .ifPresent(ahead -> examination.found(Findings.clockSkewed(host, ahead)));
  }
}
