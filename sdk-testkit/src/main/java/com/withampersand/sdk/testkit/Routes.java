package com.withampersand.sdk.testkit;

import java.util.Optional;

/** Which path is served by whom. */
final class Routes implements Work {
  static final String TOKEN = "/services/oauth2/token";

  private final Situations situations;
  private final AuthorizeEndpoint authorize;
  private final FakeTokenEndpoint tokens;
  private final Resources resources;
  private final ApiAnswers answers;

  Routes(
      Situations situations,
      AuthorizeEndpoint authorize,
      FakeTokenEndpoint tokens,
      Resources resources,
      ApiAnswers answers) {
    this.situations = situations;
    this.authorize = authorize;
    this.tokens = tokens;
    this.resources = resources;
    this.answers = answers;
  }

  static boolean isTokenRequest(ReceivedRequest request) {
    return request.path().equals(TOKEN);
  }

  static boolean isApiCall(ReceivedRequest request) {
    return request.path().startsWith("/services/") && !isOAuth(request.path());
  }

  /** Tells whether a path is part of the consent, or of what is done with its tokens. */
  static boolean isOAuth(String path) {
    return path.startsWith("/services/oauth2/")
        || path.startsWith("/id/")
        || path.startsWith("/.well-known/")
        || path.equals(AuthorizeEndpoint.CONSENT_PATH)
        || path.equals(AuthorizeEndpoint.ERROR_PATH);
  }

  /** Tells whether a user is being asked for consent by this ticket. */
  boolean knows(String ticket) {
    return authorize.knows(ticket);
  }

  @Override
  public Answer carryOut(ReceivedRequest request, Runnable pause) {
    if (situations.holds(Situation.MAINTENANCE)) {
      return Pages.maintenance();
    }
    if (isTokenRequest(request)) {
      return tokens.answer(request, pause);
    }
    pause.run();
    return isOAuth(request.path()) ? oauth(request) : api(request);
  }

  private Answer oauth(ReceivedRequest request) {
    return switch (request.path()) {
      case "/services/oauth2/authorize" -> authorize.open(request);
      case AuthorizeEndpoint.CONSENT_PATH -> authorize.decide(request);
      case AuthorizeEndpoint.ERROR_PATH -> Pages.genericError();
      case "/services/oauth2/revoke" -> resources.revoke(request);
      case "/services/oauth2/introspect" -> tokens.introspect(request);
      case "/services/oauth2/userinfo" -> resources.userinfo(request);
      case "/.well-known/openid-configuration" -> resources.openidConfiguration(request);
      default ->
          request.path().startsWith("/id/") ? resources.identity(request) : Resources.notFound();
    };
  }

  private Answer api(ReceivedRequest request) {
    Optional<ApiHandler> handler = answers.find(request);
    if (handler.isPresent()) {
      return resources.call(request, handler.get());
    }
    if (request.path().matches("/services/data/?")) {
      return resources.versions();
    }
    return request.path().matches("/services/data/v\\d+\\.\\d+/limits/?")
        ? resources.limits(request)
        : Resources.notFound();
  }
}
