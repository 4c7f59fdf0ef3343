package com.withampersand.sdk.testkit;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the user's browser arrives: checks the request, asks for consent, sends the browser back.
 */
final class AuthorizeEndpoint {
  static final String CONSENT_PATH = "/setup/secur/RemoteAccessAuthorizationPage.apexp";
  static final String ERROR_PATH = "/setup/secur/RemoteAccessErrorPage.apexp";

  private final FakeApp app;
  private final FakeOrg org;
  private final Grants grants;
  private final Situations situations;
  private final Map<String, Attempt> attempts = new ConcurrentHashMap<>();

  AuthorizeEndpoint(FakeApp app, FakeOrg org, Grants grants, Situations situations) {
    this.app = app;
    this.org = org;
    this.grants = grants;
    this.situations = situations;
  }

  /** What an authorization request asked for, as far as it is needed after consent. */
  private record Attempt(
      URI origin,
      FakeUser user,
      String callback,
      List<String> scopes,
      @Nullable String challenge,
      Optional<String> state) {}

  Answer open(ReceivedRequest request) {
    String callback = parameter(request, "redirect_uri").orElse("");
    try {
      requireClientAndCallback(request, callback);
    } catch (OAuthError e) {
      return Answer.formError(e);
    }
    Optional<String> state = parameter(request, "state");
    String challenge = parameter(request, "code_challenge").orElse(null);
    if (!"code".equals(parameter(request, "response_type").orElse(""))) {
      return back(
          callback,
          new OAuthError("unsupported_response_type", "response type not supported"),
          state);
    }
    if (challenge == null && app.requiresPkce()) {
      // Salesforce leaves the state out of this one.
      return back(
          callback,
          new OAuthError("invalid_request", "missing required code challenge"),
          Optional.empty());
    }
    if (challenge != null
        && !"S256".equals(parameter(request, "code_challenge_method").orElse("S256"))) {
      return back(
          callback, new OAuthError("invalid_request", "invalid code challenge method"), state);
    }
    Attempt attempt =
        new Attempt(
            request.origin(), user(request), callback, requestedScopes(request), challenge, state);
    return refusal(attempt)
        .orElseGet(() -> app.approvesAutomatically() ? allow(attempt) : ask(attempt, request));
  }

  /** What Salesforce finds once it knows the user, and before it asks. */
  private Optional<Answer> refusal(Attempt attempt) {
    return situations
        .errorPage()
        .map(error -> errorPage(attempt, error))
        .or(
            () ->
                refusedConsent(attempt.user())
                    .map(error -> back(attempt.callback(), error, attempt.state())));
  }

  private Optional<OAuthError> refusedConsent(FakeUser user) {
    return user.isActive()
        ? situations.refusedConsent()
        : Optional.of(new OAuthError("inactive_user", ""));
  }

  /** Returns who logs in: the first user, unless browser or request name another. */
  private FakeUser user(ReceivedRequest request) {
    return Browser.user(request)
        .or(() -> parameter(request, "login_hint"))
        .flatMap(org::find)
        .orElseGet(org::user);
  }

  private static Answer errorPage(Attempt attempt, OAuthError error) {
    return Answer.redirect(attempt.origin() + ERROR_PATH + "?" + query(error));
  }

  private void requireClientAndCallback(ReceivedRequest request, String callback)
      throws OAuthError {
    if (!app.key().equals(parameter(request, "client_id").orElse(""))) {
      throw new OAuthError("invalid_client_id", "client identifier invalid");
    }
    if (callback.isEmpty()) {
      throw new OAuthError("redirect_uri_missing", "redirect_uri not provided");
    }
    if (!app.knowsCallback(callback)) {
      throw new OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration");
    }
  }

  private static Optional<String> parameter(ReceivedRequest request, String name) {
    return request.query(name).or(() -> request.form(name));
  }

  private List<String> requestedScopes(ReceivedRequest request) {
    return parameter(request, "scope")
        .filter(list -> !list.isBlank())
        .map(list -> Arrays.asList(list.strip().split("\\s+", -1)))
        .orElse(app.scopes());
  }

  private Answer ask(Attempt attempt, ReceivedRequest request) {
    String ticket = Randoms.alphanumeric(32);
    attempts.put(ticket, attempt);
    return Pages.consent(
        ticket,
        parameter(request, "login_hint").orElse(attempt.user().username()),
        attempt.scopes());
  }

  /** Tells whether a user is being asked here. */
  boolean knows(String ticket) {
    return attempts.containsKey(ticket);
  }

  Answer decide(ReceivedRequest request) {
    Attempt attempt = attempts.remove(request.form("ticket").orElse(""));
    if (attempt == null) {
      return Pages.genericError();
    }
    return request.form("decision").orElse("").equals("allow")
        ? allow(attempt)
        : back(
            attempt.callback(),
            new OAuthError("access_denied", "end-user denied authorization"),
            attempt.state());
  }

  private Answer allow(Attempt attempt) {
    if (!attempt.scopes().stream().allMatch(app::hasScope)) {
      return errorPage(
          attempt, new OAuthError("invalid_scope", "the requested scope is not allowed"));
    }
    String code =
        grants.newCode(attempt.user(), attempt.callback(), attempt.scopes(), attempt.challenge());
    String query = "code=" + Forms.escape(code) + state(attempt.state());
    return Answer.redirect(withQuery(attempt.callback(), query));
  }

  private static Answer back(String callback, OAuthError error, Optional<String> state) {
    return Answer.redirect(withQuery(callback, query(error) + state(state)));
  }

  private static String query(OAuthError error) {
    String code = "error=" + Forms.escape(error.code());
    return error.description().isEmpty()
        ? code
        : code + "&error_description=" + Forms.escape(error.description());
  }

  private static String state(Optional<String> state) {
    return state.map(value -> "&state=" + Forms.escape(value)).orElse("");
  }

  private static String withQuery(String callback, String query) {
    return callback + (callback.contains("?") ? "&" : "?") + query;
  }
}
