package com.withampersand.sdk.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** What is called with a token, and what is called without any. */
final class Resources {
  private static final int MAX_REQUESTS = 15_000;

  private final FakeApp app;
  private final Org org;
  private final Instance instance;
  private final Grants grants;
  private final AtomicInteger remaining = new AtomicInteger(MAX_REQUESTS);

  Resources(FakeApp app, Org org, Instance instance, Grants grants) {
    this.app = app;
    this.org = org;
    this.instance = instance;
    this.grants = grants;
  }

  /** The one resource of the REST API. */
  Answer limits(ReceivedRequest request) {
    Optional<Grants.Session> session =
        request.bearer().filter(token -> instance.isAddressedBy(request)).flatMap(grants::use);
    if (session.isEmpty()) {
      return invalidSession("Session expired or invalid");
    }
    if (session.get().grant.scopes.stream().noneMatch(Set.of("api", "full")::contains)) {
      return invalidSession("This session is not valid for use with the REST API");
    }
    Map<String, Object> requests = new LinkedHashMap<>();
    requests.put("Max", MAX_REQUESTS);
    requests.put("Remaining", remaining.decrementAndGet());
    return Answer.json(200, Map.of("DailyApiRequests", requests));
  }

  private static Answer invalidSession(String message) {
    return Answer.json(401, List.of(Map.of("message", message, "errorCode", "INVALID_SESSION_ID")));
  }

  Answer revoke(ReceivedRequest request) {
    String token = request.form("token").or(() -> request.query("token")).orElse("");
    return grants.revoke(token)
        ? new Answer(200, "", "")
        : Answer.formError(
            new OAuthError("invalid_token", "invalid token: it is not known or has ended"));
  }

  Answer userinfo(ReceivedRequest request) {
    return refusal(request).orElseGet(() -> Answer.json(200, person("sub", "preferred_username")));
  }

  Answer identity(ReceivedRequest request) {
    return refusal(request)
        .orElseGet(
            () ->
                request.path().equals(org.identityPath())
                    ? Answer.json(200, person("id", "username"))
                    : Answer.text(404, "Bad_Id"));
  }

  private Optional<Answer> refusal(ReceivedRequest request) {
    if (request.bearer().isEmpty()) {
      return Optional.of(Answer.text(403, "Missing_OAuth_Token"));
    }
    return request.bearer().flatMap(grants::use).isPresent()
        ? Optional.empty()
        : Optional.of(Answer.text(403, "Bad_OAuth_Token"));
  }

  private Map<String, Object> person(String idMember, String usernameMember) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(idMember, org.identityUrl());
    answer.put("user_id", org.userId());
    answer.put("organization_id", org.id());
    answer.put(usernameMember, org.username());
    answer.put("email", org.username());
    answer.put("active", true);
    answer.put("user_type", "STANDARD");
    answer.put("urls", Map.of("rest", instance.uri() + "/services/data/v{version}/"));
    return answer;
  }

  Answer openidConfiguration() {
    String oauth = org.uri() + "/services/oauth2/";
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("issuer", org.uri().toString());
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
