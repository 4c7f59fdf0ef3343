package com.withampersand.sdk.oauth;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.internal.SecretShapes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes tokens of a successful answer: RFC 6749, section 5.1, read as leniently as providers are
 * lax.
 */
final class TokenAnswer {
  private static final Set<String> OAUTH_MEMBERS =
      Set.of("access_token", "refresh_token", "token_type", "expires_in", "scope");

  /** No provider means what is longer. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private static final Pattern SECONDS = Pattern.compile("(\\d{1,10})(?:\\.\\d{0,20})?");

  private final @Nullable Duration sessionLength;

  TokenAnswer(@Nullable Duration sessionLength) {
    this.sessionLength = sessionLength;
  }

  /** Returns why no tokens can be taken from an answer, quoting none of it; empty if they can. */
  static String flaw(AnswerBody body) {
    if (!body.flaw().isEmpty()) {
      return body.flaw();
    }
    Optional<String> accessToken = body.text("access_token");
    if (accessToken.isEmpty()) {
      return "no access_token";
    }
    boolean usable =
        TokenSet.isToken(accessToken.get())
            && body.text("refresh_token").map(TokenSet::isToken).orElse(true);
    return usable ? "" : "a token with characters that no header can carry";
  }

  /** Returns the tokens of an answer without a flaw to what was asked at {@code askedAt}. */
  TokenSet read(AnswerBody body, Instant askedAt) {
    String accessToken = body.text("access_token").orElseThrow();
    TokenSet.Builder tokens = TokenSet.builder(Secret.of(accessToken), askedAt);
    body.text("refresh_token").map(Secret::of).ifPresent(tokens::refreshToken);
    body.text("token_type").ifPresent(tokens::tokenType);
    tokens.scopes(scopes(body)).expiry(expiry(body, askedAt));
    MemberRoom room = new MemberRoom();
    body.scalars()
        .forEach(
            (name, value) -> {
              if (isKept(name, value, room)) {
                addAttribute(tokens, name, value);
              }
            });
    body.structures()
        .forEach(
            (name, json) -> {
              if (isKept(name, json, room)) {
                tokens.secretAttribute(name, Secret.of(json));
              }
            });
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

  /** Returns empty for what is no sensible number of seconds: a wrong date is worse than none. */
  private static Optional<Instant> later(Instant askedAt, String seconds) {
    Matcher number = SECONDS.matcher(seconds.strip());
    return number.matches()
        ? Optional.of(Long.parseLong(number.group(1)))
            .filter(whole -> whole <= LONGEST.toSeconds())
            .map(askedAt::plusSeconds)
        : Optional.empty();
  }

  private static boolean isKept(String name, String value, MemberRoom room) {
    return !OAUTH_MEMBERS.contains(name) && room.takes(name, value);
  }

  private static void addAttribute(TokenSet.Builder tokens, String name, String value) {
    boolean isSecret = SecretShapes.isSecretName(name) || SecretShapes.isSecretValue(value);
    if (!isSecret) {
      tokens.attribute(name, value);
    } else if (!value.isEmpty()) {
      tokens.secretAttribute(name, Secret.of(value));
    }
  }
}
