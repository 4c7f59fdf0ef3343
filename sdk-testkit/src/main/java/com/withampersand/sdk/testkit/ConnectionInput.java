package com.withampersand.sdk.testkit;

import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Checks what requests say of a connection. */
final class ConnectionInput {
  private ConnectionInput() {}

  /** Checks to whom a connection is to belong. */
  static void checkOwner(Input body, Catalog catalog) {
    body.filled("provider", "groupRef", "consumerRef");
    body.texts("groupName", "consumerName");
    catalog.check(body);
    checkWorkspace(body);
  }

  static void checkWorkspace(Input body) {
    body.texts("providerWorkspaceRef");
    body.map(
        "providerMetadata",
        entry -> entry.path("value").isTextual() && entry.path("source").isTextual(),
        "must hold objects with value and source");
  }

  static void checkCredentials(Input body) {
    body.filled("apiKey");
    check(body, "basicAuth", "username", "password");
    body.map("customAuth", value -> !value.isNull(), "must be an object with values");
    check(body, "oauth2ClientCredentials", "clientId", "clientSecret");
    check(body, "oauth2PasswordCredentials", "username", "password", "clientId", "clientSecret");
    if (body.has(ConnectionRow.TOKENS)) {
      checkTokens(body.enter(ConnectionRow.TOKENS));
    }
  }

  private static void check(Input body, String name, String... members) {
    if (body.has(name)) {
      Input credentials = body.enter(name);
      credentials.require(members);
      credentials.filled(members);
      credentials.lists("scopes");
    }
  }

  private static void checkTokens(Input tokens) {
    tokens.require("accessToken");
    tokens.lists("scopes");
    for (String name : new String[] {"accessToken", "refreshToken"}) {
      if (tokens.has(name)) {
        checkToken(tokens.enter(name));
      }
    }
  }

  private static void checkToken(Input token) {
    token.require("token");
    token.filled("token");
    for (String name : new String[] {"issuedAt", "expiresAt"}) {
      token.texts(name);
      token
          .find(name)
          .filter(text -> !isTime(text))
          .ifPresent(text -> token.malformed(name, "must be an RFC 3339 time"));
    }
  }

  private static boolean isTime(String text) {
    try {
      return OffsetDateTime.parse(text).getYear() > 0;
    } catch (DateTimeParseException e) {
      return false;
    }
  }
}
