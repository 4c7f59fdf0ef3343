package com.withampersand.sdk.testkit;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/** What is called with a token, and what is called without any. */
final class Resources {
  private static final int MAX_REQUESTS = 15_000;
  private static final String USAGE = "Sforce-Limit-Info";

  private final FakeApp app;
  private final Addresses addresses;
  private final Grants grants;
  private final AtomicInteger used = new AtomicInteger();

  Resources(FakeApp app, Addresses addresses, Grants grants) {
    this.app = app;
    this.addresses = addresses;
    this.grants = grants;
  }

  /** Answers a call by a test's handler. */
  Answer call(ReceivedRequest request, ApiHandler handler) {
    return authorized(request, user -> handled(new ApiCall(request, user), handler));
  }

  private Answer handled(ApiCall call, ApiHandler handler) {
    String usage = "api-usage=%d/%d".formatted(used.incrementAndGet(), MAX_REQUESTS);
    try {
      Answer answer = handler.answer(call).answer();
      return answer.headers().keySet().stream().anyMatch(USAGE::equalsIgnoreCase)
          ? answer
          : answer.withHeader(USAGE, usage);
    } catch (Exception | AssertionError e) {
      return FakeResponse.apiError(500, "UNKNOWN_EXCEPTION", "the test's handler failed: " + e);
    }
  }

  /** The one resource of the REST API that is there without a handler. */
  Answer limits(ReceivedRequest request) {
    return authorized(request, user -> limits());
  }

  private Answer limits() {
    Map<String, Object> requests = new LinkedHashMap<>();
    requests.put("Max", MAX_REQUESTS);
    requests.put("Remaining", MAX_REQUESTS - used.incrementAndGet());
    return Answer.json(200, Map.of("DailyApiRequests", requests));
  }

  /** Answers a call if its access token is good for the API, here. */
  private Answer authorized(ReceivedRequest request, Function<FakeUser, Answer> answer) {
    Optional<Grants.Session> session =
        request.bearer().filter(token -> addresses.isInstance(request)).flatMap(grants::use);
    if (session.isEmpty()) {
      return invalidSession("Session expired or invalid");
    }
    if (session.get().grant.scopes.stream().noneMatch(Set.of("api", "full")::contains)) {
      return invalidSession("This session is not valid for use with the REST API");
    }
    return answer.apply(session.get().grant.user);
  }

  private static Answer invalidSession(String message) {
    return FakeResponse.apiError(401, "INVALID_SESSION_ID", message);
  }

  static Answer notFound() {
    return FakeResponse.apiError(404, "NOT_FOUND", "The requested resource does not exist");
  }

  Answer revoke(ReceivedRequest request) {
    String token = request.form("token").or(() -> request.query("token")).orElse("");
    return grants.revoke(token)
        ? new Answer(200, "", "")
        : Answer.formError(
            new OAuthError("invalid_token", "invalid token: it is not known or has ended"));
  }

  Answer userinfo(ReceivedRequest request) {
    return person(request, user -> true, "sub", "preferred_username");
  }

  Answer identity(ReceivedRequest request) {
    return person(
        request, user -> request.path().equals(Addresses.identityPath(user)), "id", "username");
  }

  /** Answers who the user of a session is, if it is the one who was asked for. */
  private Answer person(
      ReceivedRequest request,
      Predicate<FakeUser> isMeant,
      String idMember,
      String usernameMember) {
    if (request.bearer().isEmpty()) {
      return Answer.text(403, "Missing_OAuth_Token");
    }
    Optional<FakeUser> user =
        request.bearer().flatMap(grants::use).map(session -> session.grant.user);
    if (user.isEmpty()) {
      return Answer.text(403, "Bad_OAuth_Token");
    }
    return user.filter(isMeant)
        .map(found -> Answer.json(200, person(request.origin(), found, idMember, usernameMember)))
        .orElseGet(() -> Answer.text(404, "Bad_Id"));
  }

  private Map<String, Object> person(
      URI origin, FakeUser user, String idMember, String usernameMember) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(idMember, addresses.identityUrl(origin, user));
    answer.put("user_id", user.id());
    answer.put("organization_id", user.org().id());
    answer.put(usernameMember, user.username());
    answer.put("email", user.username());
    answer.put("active", true);
    answer.put("user_type", "STANDARD");
    answer.put("urls", Map.of("rest", addresses.instance(origin) + "/services/data/v{version}/"));
    return answer;
  }

  Answer openidConfiguration(ReceivedRequest request) {
    String oauth = request.origin() + "/services/oauth2/";
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("issuer", request.origin().toString());
    answer.put("authorization_endpoint", oauth + "authorize");
    answer.put("token_endpoint", oauth + "token");
    answer.put("revocation_endpoint", oauth + "revoke");
    answer.put("userinfo_endpoint", oauth + "userinfo");
    answer.put("introspection_endpoint", oauth + "introspect");
    answer.put("scopes_supported", app.scopes());
    answer.put("response_types_supported", List.of("code", "token", "token id_token"));
    return Answer.json(200, answer);
  }

  Answer versions() {
    return Answer.json(
        200,
        List.of(Map.of("label", "Winter '26", "url", "/services/data/v65.0", "version", "65.0")));
  }
}
