package com.withampersand.sdk.testkit;

import java.util.List;
import java.util.Map;

/** Which path is served by whom. */
final class Routes implements Work {
  static final String TOKEN = "/services/oauth2/token";

  private final Situations situations;
  private final AuthorizeEndpoint authorize;
  private final TokenEndpoint tokens;
  private final Resources resources;

  Routes(
      Situations situations,
      AuthorizeEndpoint authorize,
      TokenEndpoint tokens,
      Resources resources) {
    this.situations = situations;
    this.authorize = authorize;
    this.tokens = tokens;
    this.resources = resources;
  }

  @Override
  public Answer carryOut(ReceivedRequest request, Runnable pause) {
    if (situations.holds(Situation.MAINTENANCE)) {
      return Pages.maintenance();
    }
    if (request.path().equals(TOKEN)) {
      return tokens.answer(request, pause);
    }
    pause.run();
    return route(request);
  }

  private Answer route(ReceivedRequest request) {
    return switch (request.path()) {
      case "/services/oauth2/authorize" -> authorize.open(request);
      case AuthorizeEndpoint.CONSENT_PATH -> authorize.decide(request);
      case AuthorizeEndpoint.ERROR_PATH -> Pages.genericError();
      case "/services/oauth2/revoke" -> resources.revoke(request);
      case "/services/oauth2/introspect" -> tokens.introspect(request);
      case "/services/oauth2/userinfo" -> resources.userinfo(request);
      case "/.well-known/openid-configuration" -> resources.openidConfiguration();
      case "/services/data", "/services/data/" -> resources.versions();
      default -> applyPattern(request);
    };
  }

  private Answer applyPattern(ReceivedRequest request) {
    if (request.path().startsWith("/id/")) {
      return resources.identity(request);
    }
    if (request.path().matches("/services/data/v\\d+\\.\\d+/limits/?")) {
      return resources.limits(request);
    }
    return Answer.json(
        404,
        List.of(
            Map.of("message", "The requested resource does not exist", "errorCode", "NOT_FOUND")));
  }
}
