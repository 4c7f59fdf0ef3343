package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.SecretShapes;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes tokens of a successful answer: RFC 6749, section 5.1, read as leniently as providers are
 * lax.
 */
final class TokenAnswer {
  private static final Set<String> OAUTH_MEMBERS =
      Set.of("access_token", "refresh_token", "token_type", "expires_in", "scope");

  private final @Nullable Duration sessionLength;

  TokenAnswer(@Nullable Duration sessionLength) {
    this.sessionLength = sessionLength;
  }

  /**
   * Returns the tokens of an answer to what was asked at {@code askedAt}; empty if it holds no
   * access token.
   */
  Optional<TokenSet> read(AnswerBody body, Instant askedAt) {
    return body.text("access_token").map(accessToken -> read(accessToken, body, askedAt));
  }

  private TokenSet read(String accessToken, AnswerBody body, Instant askedAt) {
    TokenSet.Builder tokens = TokenSet.builder(Secret.of(accessToken), askedAt);
    body.text("refresh_token").map(Secret::of).ifPresent(tokens::refreshToken);
    body.text("token_type").ifPresent(tokens::tokenType);
    tokens.scopes(scopes(body)).expiry(expiry(body, askedAt));
    body.scalars().forEach((name, value) -> addAttribute(tokens, name, value));
    body.structures().forEach((name, json) -> addSecretAttribute(tokens, name, json));
    return tokens.build();
  }

  private static Scopes scopes(AnswerBody body) {
    String array = body.structures().get("scope");
    return array == null
        ? body.text("scope").map(Scopes::parse).orElse(Scopes.none())
        : Scopes.parse(array.replaceAll("[\\[\\]\",]+", " "));
  }

  private Expiry expiry(AnswerBody body, Instant askedAt) {
    Optional<Instant> known = body.text("expires_in").flatMap(seconds -> later(askedAt, seconds));
    if (known.isPresent()) {
      return Expiry.known(known.get());
    }
    return sessionLength == null ? Expiry.unknown() : Expiry.estimated(askedAt.plus(sessionLength));
  }

  /** Returns empty for what is no number of seconds: a wrong date would be worse than none. */
  private static Optional<Instant> later(Instant askedAt, String seconds) {
    try {
      double value = Double.parseDouble(seconds.strip());
      return value >= 0 ? Optional.of(askedAt.plusSeconds((long) value)) : Optional.empty();
    } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static void addAttribute(TokenSet.Builder tokens, String name, String value) {
    if (OAUTH_MEMBERS.contains(name)) {
      return;
    }
    if (SecretShapes.isSecretName(name) || SecretShapes.isSecretValue(value)) {
      addSecretAttribute(tokens, name, value);
    } else {
      tokens.attribute(name, value);
    }
  }

  private static void addSecretAttribute(TokenSet.Builder tokens, String name, String value) {
    if (!value.isEmpty() && !OAUTH_MEMBERS.contains(name)) {
      tokens.secretAttribute(name, Secret.of(value));
    }
  }
}
