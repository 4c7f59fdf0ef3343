package com.withampersand.sdk.oauth;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.Secret;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a provider's own knowledge makes of answers. It may refuse the tokens of a code exchange,
 * but costs no grant its tokens at a refresh, when the old ones may be used up.
 *
 * @param verification throws if an answer is not the provider's
 * @param tokens improves the tokens of an answer
 * @param errors improves the explanation of a refusal
 * @param refreshErrors improves the explanation of the refusal of a refresh
 */
record Refinements(
    BiConsumer<TokenSet, Secret> verification,
    UnaryOperator<TokenSet> tokens,
    UnaryOperator<OAuthException> errors,
    UnaryOperator<OAuthException> refreshErrors) {
  private static final Logger log = LoggerFactory.getLogger(Refinements.class);

  /**
   * Returns the tokens of a code exchange.
   *
   * @param clientSecret the client secret that was sent for them
   * @throws RuntimeException if they are not to be accepted
   */
  TokenSet exchanged(TokenSet answer, Secret clientSecret) {
    verification.accept(answer, clientSecret);
    return tokens.apply(answer);
  }

  /**
   * Returns tokens that were minted without a user.
   *
   * @param clientSecret the client secret that was sent for them; null for none
   * @throws RuntimeException if they are not to be accepted
   */
  TokenSet minted(TokenSet answer, @Nullable Secret clientSecret) {
    if (clientSecret != null) {
      verification.accept(answer, clientSecret);
    }
    return tokens.apply(answer);
  }

  /**
   * Returns the tokens of a refresh, whatever is wrong with the rest of the answer.
   *
   * @param clientSecret the client secret that was sent for them
   */
  TokenSet renewed(TokenSet answer, Secret clientSecret) {
    TokenSet verified = verified(answer, clientSecret);
    try {
      return Objects.requireNonNull(tokens.apply(verified), "the refined tokens");
    } catch (Throwable e) {
      log.warn(
          "The tokens of a refresh could not be refined, and are kept as they came: {} [access token {}]",
          reason(e),
          answer.accessToken());
      return verified;
    }
  }

  private TokenSet verified(TokenSet answer, Secret clientSecret) {
    try {
      verification.accept(answer, clientSecret);
      return answer;
    } catch (Throwable e) {
      log.warn(
          "The answer to a refresh failed its check. Its tokens are kept; the rest of it is dropped, and what was known of the"
              + " grant before stays: {} [access token {}]",
          reason(e),
          answer.accessToken());
      return withoutAttributes(answer);
    }
  }

  private static TokenSet withoutAttributes(TokenSet answer) {
    TokenSet.Builder bare =
        TokenSet.builder(answer.accessToken(), answer.obtainedAt())
            .tokenType(answer.tokenType())
            .scopes(answer.scopes())
            .expiry(answer.expiry());
    answer.refreshToken().ifPresent(bare::refreshToken);
    return bare.build();
  }

  /** Explains a refusal. Where the explanation itself fails, the refusal is what matters. */
  OAuthException refused(OAuthException refusal) {
    return refined(refusal, errors);
  }

  /** Explains the refusal of a refresh, as {@link #refused(OAuthException)} does any other. */
  OAuthException refreshRefused(OAuthException refusal) {
    return refined(refusal, refreshErrors);
  }

  private static OAuthException refined(
      OAuthException refusal, UnaryOperator<OAuthException> refinement) {
    try {
      return Objects.requireNonNull(refinement.apply(refusal), "the refined error");
    } catch (Throwable e) {
      log.warn("A refusal could not be refined, and is left as it is: {}", reason(e));
      return refusal;
    }
  }

  /** Returns what may be logged of a failure: other exceptions than ours may quote a secret. */
  static String reason(Throwable failure) {
    return failure instanceof AmpersandException
        ? String.valueOf(failure.getMessage())
        : failure.getClass().getName();
  }
}
