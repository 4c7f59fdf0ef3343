package com.withampersand.sdk.token;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.internal.GrantMarks;
import com.withampersand.sdk.oauth.TokenSet;
import java.util.Arrays;
import java.util.Optional;

/**
 * What {@link FreshTokens} writes into a grant beside its tokens. Names with this prefix never come
 * from a provider: the flow leaves them out of answers.
 */
final class Marks {
  private static final String ERROR = GrantMarks.PREFIX + "error";
  private static final String DESCRIPTION = GrantMarks.PREFIX + "error_description";
  private static final String REMEDY = GrantMarks.PREFIX + "remedy";
  private static final String ACTOR = GrantMarks.PREFIX + "actor";
  private static final String CONNECTION = GrantMarks.PREFIX + "connection";
  private static final String HANDING_OVER = GrantMarks.PREFIX + "handing_over";

  private Marks() {}

  /** Marks a grant that has ended. */
  static TokenSet ended(TokenSet tokens, OAuthException refusal) {
    TokenSet.Builder marked =
        tokens.toBuilder()
            .attribute(ERROR, refusal.error())
            .attribute(REMEDY, refusal.remedy())
            .attribute(ACTOR, refusal.actor().name());
    refusal.description().ifPresent(text -> marked.attribute(DESCRIPTION, text));
    return marked.build();
  }

  /** Returns what the provider said when the grant ended; empty if it has not. */
  static Optional<OAuthException> ending(TokenSet tokens) {
    return tokens.attribute(ERROR).map(error -> refusal(tokens, error));
  }

  private static OAuthException refusal(TokenSet tokens, String error) {
    OAuthException.Builder refusal =
        OAuthException.builder(error)
            .needsReauthorization(true)
            .actor(actor(tokens.attribute(ACTOR).orElse("")))
            .context("said at an earlier refresh of access token " + tokens.accessToken());
    tokens.attribute(DESCRIPTION).ifPresent(refusal::description);
    tokens.attribute(REMEDY).ifPresent(refusal::remedy);
    return refusal.build();
  }

  /** A later version may know others. */
  private static Actor actor(String name) {
    return Arrays.stream(Actor.values())
        .filter(actor -> actor.name().equals(name))
        .findFirst()
        .orElse(Actor.END_USER);
  }

  /** Marks a grant whose import is about to be tried: until it is known, nobody refreshes it. */
  static TokenSet handingOver(TokenSet tokens) {
    return tokens.toBuilder().attribute(HANDING_OVER, "true").build();
  }

  static boolean isHandingOver(TokenSet tokens) {
    return tokens.attribute(HANDING_OVER).isPresent();
  }

  /** Takes that mark off, and leaves the others. */
  static TokenSet notHandingOver(TokenSet tokens) {
    TokenSet.Builder rest = none(tokens).toBuilder();
    tokens.attributes().entrySet().stream()
        .filter(mark -> isMark(mark.getKey()) && !mark.getKey().equals(HANDING_OVER))
        .forEach(mark -> rest.attribute(mark.getKey(), mark.getValue()));
    return rest.build();
  }

  /**
   * Returns a grant that is another's, without the refresh token that nobody here may use again.
   */
  static TokenSet handedOver(TokenSet tokens, String connectionId) {
    return unmarked(tokens).attribute(CONNECTION, connectionId).build();
  }

  /** Returns the connection that has the grant now; empty if it is kept here. */
  static Optional<String> connection(TokenSet tokens) {
    return tokens.attribute(CONNECTION);
  }

  /** Takes every mark off. */
  static TokenSet none(TokenSet tokens) {
    if (tokens.attributes().keySet().stream().noneMatch(Marks::isMark)) {
      return tokens;
    }
    TokenSet.Builder rest = unmarked(tokens);
    tokens.refreshToken().ifPresent(rest::refreshToken);
    return rest.build();
  }

  private static TokenSet.Builder unmarked(TokenSet tokens) {
    TokenSet.Builder rest =
        TokenSet.builder(tokens.accessToken(), tokens.obtainedAt())
            .tokenType(tokens.tokenType())
            .scopes(tokens.scopes())
            .expiry(tokens.expiry());
    tokens
        .attributes()
        .forEach(
            (name, value) -> {
              if (!isMark(name)) {
                rest.attribute(name, value);
              }
            });
    tokens.secretAttributes().forEach(rest::secretAttribute);
    return rest;
  }

  private static boolean isMark(String name) {
    return name.startsWith(GrantMarks.PREFIX);
  }
}
